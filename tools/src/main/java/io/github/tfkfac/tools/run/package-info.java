/**
 * One training run from its settings to its folder: data, network, optimizer, metrics, checkpoints,
 * record.
 */
@NullMarked
package io.github.tfkfac.tools.run;

import org.jspecify.annotations.NullMarked;
