/**
 * Damping that is added to a Kronecker factor's diagonal before it is inverted, and the adaptation
 * of its strength; may depend on schedule, graph and linalg.
 */
@NullMarked
package io.github.tfkfac.damping;

import org.jspecify.annotations.NullMarked;
