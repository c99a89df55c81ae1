/**
 * Parts that a user can write: {@link io.github.tfkfac.extension.UpdateRule}, {@link
 * io.github.tfkfac.extension.NormControl}, {@link io.github.tfkfac.extension.Damping} and {@link
 * io.github.tfkfac.extension.CurvatureBlock}, with the types that they take and return.
 */
@NullMarked
package io.github.tfkfac.extension;

import org.jspecify.annotations.NullMarked;
