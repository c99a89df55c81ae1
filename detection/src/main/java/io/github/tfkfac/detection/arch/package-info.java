/**
 * Faster and Mask R-CNN with a feature pyramid: their settings as values, their networks as
 * functions of a {@link io.github.tfkfac.models.layer.LayerContext}, and the import of weights.
 * Depends on {@code detection.assign}, {@code detection.profile} and on the module models.
 */
@NullMarked
package io.github.tfkfac.detection.arch;

import org.jspecify.annotations.NullMarked;
