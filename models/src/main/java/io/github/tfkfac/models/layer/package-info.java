/**
 * Network layers as functions of a {@link io.github.tfkfac.models.layer.LayerContext}: each adds
 * the operations of one layer to a graph and takes its variables from a {@link
 * io.github.tfkfac.models.layer.ParameterStore}. Depends on TensorFlow only.
 */
@NullMarked
package io.github.tfkfac.models.layer;

import org.jspecify.annotations.NullMarked;
