/**
 * One class per subcommand: parse, call a library, render. May depend on every other package here.
 */
@NullMarked
package io.github.tfkfac.tools.command;

import org.jspecify.annotations.NullMarked;
