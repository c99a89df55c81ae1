/**
 * Boxes in continuous pixel coordinates: overlap, coding, suppression. Plain Java and graph
 * functions. Depends on {@code detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.box;

import org.jspecify.annotations.NullMarked;
