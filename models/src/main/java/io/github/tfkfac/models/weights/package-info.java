/**
 * Brings weights trained elsewhere into a network: PyTorch names and layouts, and NumPy's NPZ
 * files. Depends on {@code models.layer}.
 */
@NullMarked
package io.github.tfkfac.models.weights;

import org.jspecify.annotations.NullMarked;
