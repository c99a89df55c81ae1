/**
 * Brings weights trained elsewhere into a network. Depends on {@code models.layer} and {@code
 * models.npz}.
 */
@NullMarked
package io.github.tfkfac.models.weights;

import org.jspecify.annotations.NullMarked;
