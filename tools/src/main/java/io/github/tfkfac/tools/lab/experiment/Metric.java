package io.github.tfkfac.tools.lab.experiment;

import java.util.function.ToDoubleFunction;

/**
 * A number that every run yields; tables show its mean over the seeds.
 *
 * @param name its column in {@code summary.csv}
 * @param header its column in tables
 * @param decimals shown in tables
 * @param value the number; NaN where the run has none
 */
public record Metric(
    String name, String header, int decimals, ToDoubleFunction<MeasuredRun> value) {}
