/**
 * Derivatives of a graph that are right or rejected: what TensorFlow's C++ library has wrong or not
 * at all, and one backward pass that takes its other derivatives from there.
 */
@NullMarked
package io.github.tfkfac.internal.gradient;

import org.jspecify.annotations.NullMarked;
