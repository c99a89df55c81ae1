/**
 * Measurements of training steps, solvers, memory and COCO's evaluation; what is compared
 * alternates in one process. May depend on {@code statistics}, {@code detect} and {@code memory}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.bench;

import org.jspecify.annotations.NullMarked;
