/** Differences between published detectors, as values. Depends on nothing else here. */
@NullMarked
package io.github.tfkfac.detection.profile;

import org.jspecify.annotations.NullMarked;
