/** The kfac program: its root command and its entry point. May depend on everything. */
@NullMarked
package io.github.tfkfac.tools;

import org.jspecify.annotations.NullMarked;
