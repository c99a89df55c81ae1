/**
 * Detection data on disk, evaluations and runs, for the commands below {@code kfac detect}. May
 * depend on module {@code detection}, on {@code run}, {@code record}, {@code render}, {@code
 * memory}, {@code statistics} and {@code error}.
 */
@NullMarked
package io.github.tfkfac.tools.detect;

import org.jspecify.annotations.NullMarked;
