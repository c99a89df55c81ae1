package io.github.tfkfac.tools.bench;

import io.github.tfkfac.tools.statistics.Spread;

/**
 * One solver on matrices of one size.
 *
 * @param size order of the matrix
 * @param solver what inverted it
 * @param milliseconds time of one inverse
 * @param residual {@code ‖I − B·M‖_F} of its result
 */
public record SolverMeasurement(int size, Solver solver, Spread milliseconds, double residual) {}
