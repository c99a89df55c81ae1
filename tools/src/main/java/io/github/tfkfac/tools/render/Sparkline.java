package io.github.tfkfac.tools.render;

import java.util.List;
import java.util.stream.Collectors;

/** Curve in a line of text: a bar of one of eight heights for each value. */
public final class Sparkline {
  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";
  private static final String UNDEFINED = "×";

  private Sparkline() {}

  /** The values from the least, lowest, to the greatest; those that are not finite as crosses. */
  public static String of(List<Double> values) {
    double least = values.stream().filter(Double::isFinite).min(Double::compare).orElse(0.0);
    double most = values.stream().filter(Double::isFinite).max(Double::compare).orElse(0.0);
    return values.stream()
        .map(value -> Double.isFinite(value) ? height(value, least, most) : UNDEFINED)
        .collect(Collectors.joining());
  }

  private static String height(double value, double least, double most) {
    double part = most > least ? (value - least) / (most - least) : 0;
    int height = (int) Math.round(part * (HEIGHTS.length() - 1));
    return HEIGHTS.substring(height, height + 1);
  }
}
