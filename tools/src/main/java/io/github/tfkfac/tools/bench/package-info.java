/**
 * Measurements of training steps and solvers, always alternating what is compared in one process.
 */
@NullMarked
package io.github.tfkfac.tools.bench;

import org.jspecify.annotations.NullMarked;
