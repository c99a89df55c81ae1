/**
 * First-order rules that move the variables along a direction: momentum and the Adam family, weight
 * decay, clipping. Depends on TensorFlow and {@code schedule} alone and knows nothing of K-FAC.
 */
@NullMarked
package io.github.tfkfac.update;

import org.jspecify.annotations.NullMarked;
