/**
 * Turns gradients into preconditioned directions, block by block, and controls their norm; may
 * depend on graph and linalg.
 */
@NullMarked
package io.github.tfkfac.precondition;

import org.jspecify.annotations.NullMarked;
