/**
 * First-order rules that move the variables along a direction: momentum and the Adam family, weight
 * decay, clipping.
 */
@NullMarked
package io.github.tfkfac.update;

import org.jspecify.annotations.NullMarked;
