/** Batch statistics of a layer: the second moments of its inputs and of its output gradients. */
@NullMarked
package io.github.tfkfac.internal.factor;

import org.jspecify.annotations.NullMarked;
