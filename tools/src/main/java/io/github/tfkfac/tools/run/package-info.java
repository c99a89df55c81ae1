/**
 * One training run from its settings to its folder: data, network, optimizer, metrics, checkpoints,
 * record. May depend on {@code record}, {@code render} and {@code error}.
 */
@NullMarked
package io.github.tfkfac.tools.run;

import org.jspecify.annotations.NullMarked;
