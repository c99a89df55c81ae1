/** Parts that first-order update rules share; knows nothing of K-FAC. */
@NullMarked
package io.github.tfkfac.internal.update;

import org.jspecify.annotations.NullMarked;
