/**
 * Environment of a command: output streams, options from a YAML file, interruption. May depend on
 * {@code error}.
 */
@NullMarked
package io.github.tfkfac.tools.cli;

import org.jspecify.annotations.NullMarked;
