/**
 * Dense linear algebra on graph operands: inverses, the Newton iteration and its step sizes, power
 * iteration, residuals, the guard against non-finite values. Depends on TensorFlow alone and knows
 * nothing of K-FAC.
 *
 * <p>A matrix is {@code [d, d]}, or {@code [c, d, d]} for c independent matrices; its shape is
 * static. A number per matrix (norm, eigenvalue, step size, branch) then has shape {@code []} or
 * {@code [c]}.
 */
@NullMarked
package io.github.tfkfac.internal.linalg;

import org.jspecify.annotations.NullMarked;
