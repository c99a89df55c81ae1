/**
 * One backward pass over a loss: gradients of the variables and of the layers' outputs together.
 */
@NullMarked
package io.github.tfkfac.internal.capture;

import org.jspecify.annotations.NullMarked;
