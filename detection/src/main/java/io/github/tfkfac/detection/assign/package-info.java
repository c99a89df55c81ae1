/**
 * Assignment of objects to anchors and regions of interest, and the subsampling of those that are
 * trained on: in Java for anchors, in the graph for regions. Depends on {@code detection.box} and
 * {@code detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.assign;

import org.jspecify.annotations.NullMarked;
