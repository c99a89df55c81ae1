/**
 * Laboratory: comparisons of optimizers, the papers' experiments, measurements of time and memory,
 * on top of the program, which does not know it.
 */
@NullMarked
package io.github.tfkfac.tools.lab;

import org.jspecify.annotations.NullMarked;
