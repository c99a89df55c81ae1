/**
 * A command that several processes run together: who they are, starting them on this machine. May
 * depend on {@code run}, {@code option}, {@code setting}, {@code cli} and {@code error}.
 */
@NullMarked
package io.github.tfkfac.tools.worker;

import org.jspecify.annotations.NullMarked;
