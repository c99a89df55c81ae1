/**
 * Parts that first-order update rules share, and the rules that differ by variable; knows linear
 * algebra and gates, and nothing of K-FAC.
 */
@NullMarked
package io.github.tfkfac.internal.update;

import org.jspecify.annotations.NullMarked;
