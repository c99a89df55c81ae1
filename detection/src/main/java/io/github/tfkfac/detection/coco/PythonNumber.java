package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Numbers that Python and NumPy make of JSON's values. The reference converts values in this way
 * before it computes, so that texts, null and NaN can pass.
 */
final class PythonNumber {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+(_\\d+)*");
  private static final Pattern DECIMAL =
      Pattern.compile(
          "[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");
  private static final Pattern INFINITE = Pattern.compile("[+-]?(inf|infinity)");
  private static final int BYTE = 255;

  private PythonNumber() {}

  /** A number, NaN and Infinity included, or true or false; others cannot be compared with one. */
  static OptionalDouble compared(JsonNode value) {
    if (value.isBoolean()) {
      return OptionalDouble.of(value.asBoolean() ? 1 : 0);
    }
    return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
  }

  /** An element of an array of float64: also a text that states a number; null becomes NaN. */
  static OptionalDouble element(JsonNode value) {
    if (value.isNull()) {
      return OptionalDouble.of(Double.NaN);
    }
    return value.isTextual() ? parsed(value.asText()) : compared(value);
  }

  /** Number that {@code float} makes of a text. */
  static OptionalDouble parsed(String text) {
    String stripped = text.strip().toLowerCase(java.util.Locale.ROOT);
    if (DECIMAL.matcher(stripped).matches()) {
      return OptionalDouble.of(Double.parseDouble(stripped.replace("_", "")));
    }
    if (INFINITE.matcher(stripped).matches()) {
      return OptionalDouble.of(
          stripped.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    return stripped.matches("[+-]?nan") ? OptionalDouble.of(Double.NaN) : OptionalDouble.empty();
  }

  /** An element of an array of bytes, made by {@code int}, which cuts off fractions. */
  static OptionalInt byteElement(JsonNode value) {
    double number;
    if (value.isTextual()) {
      String text = value.asText().strip();
      number =
          INTEGER.matcher(text).matches() ? Double.parseDouble(text.replace("_", "")) : Double.NaN;
    } else {
      number = compared(value).orElse(Double.NaN);
    }
    double whole = number < 0 ? Math.ceil(number) : Math.floor(number);
    return whole >= 0 && whole <= BYTE ? OptionalInt.of((int) whole) : OptionalInt.empty();
  }

  /** Whether a condition takes the value for true. */
  static boolean truth(JsonNode value) {
    if (value.isTextual()) {
      return !value.asText().isEmpty();
    }
    double number = compared(value).orElse(value.isContainerNode() && !value.isEmpty() ? 1 : 0);
    return number != 0;
  }
}
