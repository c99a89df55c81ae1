/**
 * Files that a run leaves on disk: its folder, its options, its metrics. May depend on {@code
 * error}, {@code check} (the machine) and {@code render} (JSON).
 */
@NullMarked
package io.github.tfkfac.tools.record;

import org.jspecify.annotations.NullMarked;
