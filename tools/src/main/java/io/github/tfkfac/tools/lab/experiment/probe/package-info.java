/**
 * Measurements that experiments take of a training besides its metrics. May depend on {@code run}
 * and {@code record}.
 */
@NullMarked
package io.github.tfkfac.tools.lab.experiment.probe;

import org.jspecify.annotations.NullMarked;
