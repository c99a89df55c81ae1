package io.github.tfkfac.tools.render;

import java.util.Locale;

/** Numbers as people read them. */
public final class Quantities {
  private static final String[] DECIMAL = {"", " k", " M", " G", " T", " P"};
  private static final String[] BINARY = {" B", " KiB", " MiB", " GiB", " TiB", " PiB"};

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
