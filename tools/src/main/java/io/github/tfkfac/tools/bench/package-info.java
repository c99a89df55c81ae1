/**
 * Measurements of training steps, of solvers and of memory; what is compared alternates in one
 * process. May depend on {@code statistics}.
 */
@NullMarked
package io.github.tfkfac.tools.bench;

import org.jspecify.annotations.NullMarked;
