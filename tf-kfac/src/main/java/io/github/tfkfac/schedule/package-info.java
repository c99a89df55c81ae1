/**
 * Hyper-parameters as functions of the training step, and the gate that skips graph work that is
 * not due; depends on TensorFlow only.
 */
@NullMarked
package io.github.tfkfac.schedule;

import org.jspecify.annotations.NullMarked;
