/**
 * The options of training commands in groups, and the settings they make. May depend on {@code
 * run}, {@code detect}, {@code record}, {@code error} and picocli.
 */
@NullMarked
package io.github.tfkfac.tools.option;

import org.jspecify.annotations.NullMarked;
