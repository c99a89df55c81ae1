/**
 * Derivatives of a graph that are right or rejected: what TensorFlow's C++ library has wrong or not
 * at all, and one backward pass that takes its other derivatives from there; may depend on
 * schedule, state and graph.
 */
@NullMarked
package io.github.tfkfac.gradient;

import org.jspecify.annotations.NullMarked;
