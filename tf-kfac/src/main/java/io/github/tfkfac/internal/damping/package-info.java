/** Damping of a Kronecker factor, added to its diagonal before it is inverted. */
@NullMarked
package io.github.tfkfac.internal.damping;

import org.jspecify.annotations.NullMarked;
