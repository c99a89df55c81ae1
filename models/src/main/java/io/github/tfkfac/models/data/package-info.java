/**
 * Labelled images in memory, their loaders, scaling, augmentation and batches. Depends on the JDK
 * and, for handing a batch to a graph, on TensorFlow's tensor types; on no other package here.
 */
@NullMarked
package io.github.tfkfac.models.data;

import org.jspecify.annotations.NullMarked;
