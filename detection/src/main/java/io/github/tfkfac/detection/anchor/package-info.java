/**
 * The boxes that proposals start from. Depends on {@code detection.box} and {@code
 * detection.profile}.
 */
@NullMarked
package io.github.tfkfac.detection.anchor;

import org.jspecify.annotations.NullMarked;
