/** What is added to a Kronecker factor's diagonal before it is inverted; may depend on linalg. */
@NullMarked
package io.github.tfkfac.damping;

import org.jspecify.annotations.NullMarked;
