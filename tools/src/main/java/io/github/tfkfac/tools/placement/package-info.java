/**
 * Devices of a training step's operations on a machine with a GPU, found without one: TensorFlow's
 * rules, applied to the kernels that its GPU native has.
 */
@NullMarked
package io.github.tfkfac.tools.placement;

import org.jspecify.annotations.NullMarked;
