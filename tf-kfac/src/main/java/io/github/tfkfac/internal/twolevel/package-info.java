/**
 * The coarse level of two-level K-FAC: one number per layer, and the Fisher matrix between them.
 */
@NullMarked
package io.github.tfkfac.internal.twolevel;

import org.jspecify.annotations.NullMarked;
