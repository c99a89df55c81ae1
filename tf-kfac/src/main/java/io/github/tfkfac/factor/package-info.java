/**
 * Batch statistics of a layer: the second moments of its inputs and of its output gradients.
 *
 * <p>May depend on schedule, state, graph, capture and linalg.
 */
@NullMarked
package io.github.tfkfac.factor;

import org.jspecify.annotations.NullMarked;
