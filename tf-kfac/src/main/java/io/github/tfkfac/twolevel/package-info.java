/**
 * The coarse level of two-level K-FAC: one number per layer, and the Fisher matrix between them;
 * may use graph, capture, linalg, factor, damping and precondition.
 */
@NullMarked
package io.github.tfkfac.twolevel;

import org.jspecify.annotations.NullMarked;
