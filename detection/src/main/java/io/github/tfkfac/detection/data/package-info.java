/**
 * COCO images on their way to a detector: resizing, mirroring, batches, and a generated data set.
 * Depends on {@code detection.box}, {@code detection.coco}, {@code detection.profile}, and, for
 * handing a batch to a graph, on TensorFlow's tensor types.
 */
@NullMarked
package io.github.tfkfac.detection.data;

import org.jspecify.annotations.NullMarked;
