/**
 * Training of what is {@code Trainable}: the loop, its reports, and resuming; image classifiers as
 * graphs to be trained and evaluated. Depends on the models' layer, arch and data packages and on
 * the optimizers.
 */
@NullMarked
package io.github.tfkfac.models.train;

import org.jspecify.annotations.NullMarked;
