/**
 * TensorFlow's SavedModels: reading them, training them further, writing them back. Calls of
 * functions are replaced by the functions' bodies, so that gradients and layers are found.
 */
@NullMarked
package io.github.tfkfac.models.savedmodel;

import org.jspecify.annotations.NullMarked;
