/**
 * Features of regions of interest: the pyramid level of a region, RoIAlign on it, and by the same
 * formula the mask head's targets. Graph functions. Depends on {@code detection.box} and {@code
 * detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.roi;

import org.jspecify.annotations.NullMarked;
