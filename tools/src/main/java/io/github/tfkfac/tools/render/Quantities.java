package io.github.tfkfac.tools.render;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them. */
public final class Quantities {
  private static final String[] DECIMAL = {"", " k", " M", " G", " T", " P"};
  private static final String[] BINARY = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};

  private static final MathContext DIGITS = new MathContext(5);
  private static final double LEAST_PLAIN = 1e-4;
  private static final double MOST_PLAIN = 1e9;

  private Quantities() {}

  /** With a decimal prefix, such as {@code 15.6 G}. */
  public static String decimal(double value) {
    return scaled(value, 1000, DECIMAL);
  }

  /** With a binary unit, such as {@code 2.5 MiB}. */
  public static String bytes(long value) {
    return scaled((double) value, 1024, BINARY);
  }

  /** A part of one in percent, such as {@code 3.4 %}. */
  public static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }

  /** The accuracy of a classifier, a part of one, such as {@code 71.25 %}. */
  public static String accuracy(double part) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * part);
  }

  /** Hours, minutes and seconds, such as {@code 1:05:20}. */
  public static String time(long seconds) {
    return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  /** With at most five digits that count, such as {@code 0.05} or {@code 1.2346}. */
  public static String rounded(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    boolean plain = Math.abs(value) >= LEAST_PLAIN && Math.abs(value) < MOST_PLAIN;
    return plain ? rounded.toPlainString() : rounded.toString();
  }

  private static String scaled(double value, int base, String... units) {
    double rest = value;
    int unit = 0;
    while (Math.abs(rest) >= base && unit < units.length - 1) {
      rest /= base;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f%s" : "%.1f%s", rest, units[unit]);
  }
}
