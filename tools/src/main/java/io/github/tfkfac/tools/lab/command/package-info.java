/** Commands of the laboratory. May depend on everything. */
@NullMarked
package io.github.tfkfac.tools.lab.command;

import org.jspecify.annotations.NullMarked;
