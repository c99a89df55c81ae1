/**
 * From anchors and the proposal network's outputs to regions of interest, as graph functions.
 * Depends on {@code detection.box} and {@code detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.proposal;

import org.jspecify.annotations.NullMarked;
