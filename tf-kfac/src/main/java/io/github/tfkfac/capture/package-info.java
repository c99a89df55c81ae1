/**
 * One backward pass over a loss: gradients of the variables and of the layers' outputs together;
 * may depend on schedule, state and graph.
 */
@NullMarked
package io.github.tfkfac.capture;

import org.jspecify.annotations.NullMarked;
