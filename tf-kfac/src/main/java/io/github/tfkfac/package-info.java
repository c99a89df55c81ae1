/**
 * Optimizers to be used like those of TensorFlow-Java, {@link io.github.tfkfac.Kfac} and {@link
 * io.github.tfkfac.FirstOrder}, with every type that their options need: presets and options,
 * schedules, solvers, update rules, checkpoints, reports.
 */
@NullMarked
package io.github.tfkfac;

import org.jspecify.annotations.NullMarked;
