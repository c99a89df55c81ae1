/**
 * Parts of a training step: statistics, refreshes, directions, updates; the kinds of curvature
 * block; counters and what is reported.
 */
@NullMarked
package io.github.tfkfac.internal.optimizer;

import org.jspecify.annotations.NullMarked;
