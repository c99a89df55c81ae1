/**
 * Turns gradients into preconditioned directions, block by block, and controls their norm; may
 * depend on schedule, graph, linalg and damping.
 */
@NullMarked
package io.github.tfkfac.precondition;

import org.jspecify.annotations.NullMarked;
