/**
 * Batch statistics of a layer: the second moments of its inputs and of its output gradients.
 *
 * <p>Depends on {@code graph} (geometry) and TensorFlow only; scaling, normalisation and averaging
 * happen elsewhere.
 */
@NullMarked
package io.github.tfkfac.factor;

import org.jspecify.annotations.NullMarked;
