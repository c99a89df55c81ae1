/**
 * The facade: optimizers to be used like those of TensorFlow-Java, with their options and presets.
 */
@NullMarked
package io.github.tfkfac.optimizer;

import org.jspecify.annotations.NullMarked;
