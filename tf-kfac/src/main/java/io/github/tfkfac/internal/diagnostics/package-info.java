/**
 * Quality of the curvature approximation of every layer at a step: numbers for people to look at,
 * which training itself never uses.
 */
@NullMarked
package io.github.tfkfac.internal.diagnostics;

import org.jspecify.annotations.NullMarked;
