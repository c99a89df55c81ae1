/**
 * Detectors put together: the networks of training and of inference with what is between their
 * parts, the training loop, and evaluation on a data set. Depends on all other packages of
 * detection.
 */
@NullMarked
package io.github.tfkfac.detection.train;

import org.jspecify.annotations.NullMarked;
