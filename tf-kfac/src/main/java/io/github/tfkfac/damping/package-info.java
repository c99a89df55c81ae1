/**
 * What is added to a Kronecker factor's diagonal before it is inverted, and how its strength
 * adapts; may depend on schedule, graph and linalg.
 */
@NullMarked
package io.github.tfkfac.damping;

import org.jspecify.annotations.NullMarked;
