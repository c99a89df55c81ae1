/**
 * Results for the eye: tables, plots, reports, progress, JSON. May depend on {@code statistics}.
 */
@NullMarked
package io.github.tfkfac.tools.render;

import org.jspecify.annotations.NullMarked;
