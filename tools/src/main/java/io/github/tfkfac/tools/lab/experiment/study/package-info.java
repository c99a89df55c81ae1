/**
 * The experiments, one class each. May depend on {@code experiment}, {@code experiment.probe},
 * {@code experiment.regression} and what those may use.
 */
@NullMarked
package io.github.tfkfac.tools.lab.experiment.study;

import org.jspecify.annotations.NullMarked;
