package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.statistics.Spread;

/**
 * Refreshes by one solver of factors of one size.
 *
 * @param size order of the factor
 * @param solver what inverted it
 * @param rounds how often it was timed
 * @param milliseconds time of one refresh
 * @param residual {@code ‖I − B·M‖_F} of its result
 */
public record SolverMeasurement(
    int size, Solver solver, int rounds, Spread milliseconds, double residual) {}
