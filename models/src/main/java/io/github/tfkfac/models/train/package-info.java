/**
 * Training and evaluation of image classifiers: graphs, the loop, its reports, and resuming.
 * Depends on the models' layer, arch and data packages and on the optimizers.
 */
@NullMarked
package io.github.tfkfac.models.train;

import org.jspecify.annotations.NullMarked;
