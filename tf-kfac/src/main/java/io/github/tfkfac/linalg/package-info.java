/** Dense linear algebra on graph operands; knows nothing of K-FAC. */
@NullMarked
package io.github.tfkfac.linalg;

import org.jspecify.annotations.NullMarked;
