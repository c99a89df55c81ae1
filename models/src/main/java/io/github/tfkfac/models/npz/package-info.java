/** Reads NumPy's {@code .npz} archives of numeric arrays. Depends on the JDK alone. */
@NullMarked
package io.github.tfkfac.models.npz;

import org.jspecify.annotations.NullMarked;
