package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.error.UserError;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lists of values to try. */
final class Grid {

  private Grid() {}

  /** This many values between two, equally far apart in their logarithms, to two digits. */
  static List<Double> logarithmic(double from, double to, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> from * Math.pow(to / from, i / (double) (count - 1)))
        .map(value -> Double.valueOf(String.format(Locale.ROOT, "%.1e", value)))
        .toList();
  }

  /** Numbers separated by commas. */
  static List<Double> numbers(String name, String text) {
    try {
      return Stream.of(text.split(",", -1)).map(word -> Double.valueOf(word.strip())).toList();
    } catch (NumberFormatException e) {
      throw new UserError(
          "expected numbers separated by commas for --" + name + ", found '" + text + "'", e);
    }
  }

  /** Whole numbers separated by commas. */
  static List<Integer> counts(String name, String text) {
    try {
      return Stream.of(text.split(",", -1)).map(word -> Integer.valueOf(word.strip())).toList();
    } catch (NumberFormatException e) {
      throw new UserError(
          "expected whole numbers separated by commas for --" + name + ", found '" + text + "'", e);
    }
  }

  /** A number without digits that say nothing. */
  static String text(double value) {
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }
}
