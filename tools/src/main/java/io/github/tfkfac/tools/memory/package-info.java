/**
 * Memory of a training step, calculated from its graph without running it: static shapes, then a
 * walk through the step that counts what is alive.
 */
@NullMarked
package io.github.tfkfac.tools.memory;

import org.jspecify.annotations.NullMarked;
