/**
 * From the heads' outputs to detections and masks of the size of the image, in plain Java. Depends
 * on {@code detection.box}, {@code detection.assign} and {@code detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.predict;

import org.jspecify.annotations.NullMarked;
