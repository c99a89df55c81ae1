/**
 * How well the curvature of every layer is represented at a step: numbers for people to look at,
 * which training itself never uses.
 */
@NullMarked
package io.github.tfkfac.diagnostics;

import org.jspecify.annotations.NullMarked;
