/** The five losses, as graph functions. Depends on {@code detection.profile}. */
@NullMarked
package io.github.tfkfac.detection.loss;

import org.jspecify.annotations.NullMarked;
