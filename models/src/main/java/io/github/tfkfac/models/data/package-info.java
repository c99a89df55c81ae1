/**
 * Labeled images in memory or in files, their loaders, scaling, augmentation and batches, and
 * planted targets for regressions. Depends on the JDK, on a reader of MATLAB files, and, for
 * handing a batch to a graph, on TensorFlow's tensor types; on no other package here.
 */
@NullMarked
package io.github.tfkfac.models.data;

import org.jspecify.annotations.NullMarked;
