/**
 * Results for the eye: tables, plots, reports, progress, JSON. May depend on {@code statistics} and
 * {@code cli} (the console).
 */
@NullMarked
package io.github.tfkfac.tools.render;

import org.jspecify.annotations.NullMarked;
