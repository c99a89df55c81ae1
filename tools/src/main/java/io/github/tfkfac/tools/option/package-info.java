/**
 * Settings as options of command lines with their help, and options that are no settings. May
 * depend on {@code setting}, {@code detect}, {@code record}, {@code error} and picocli.
 */
@NullMarked
package io.github.tfkfac.tools.option;

import org.jspecify.annotations.NullMarked;
