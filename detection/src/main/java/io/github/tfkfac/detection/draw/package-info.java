/**
 * Pictures of objects and detections. Depends on {@code detection.box}, {@code detection.coco}, and
 * {@code detection.data}; draws without a screen.
 */
@NullMarked
package io.github.tfkfac.detection.draw;

import org.jspecify.annotations.NullMarked;
