package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * One entry of a list and its problems. A value that is missing or wrong is noted as a problem and
 * replaced by 0 or by nothing, so that all problems of an entry are found.
 */
final class JsonEntry {
  private static final int BOX_NUMBERS = 4;
  private static final int LONGEST_TEXT = 60;
  private static final double LONG_RANGE = 0x1p63;
  private static final JsonMapper PLAIN =
      JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();

  private final JsonNode node;
  private final String where;
  private final List<Problem> problems = new ArrayList<>();
  private boolean usable = true;

  JsonEntry(String kind, String list, JsonNode node, int index) {
    this.node = node;
    OptionalLong id = whole(node.path("id"));
    this.where = id.isPresent() ? kind + " " + id.getAsLong() : list + "[" + index + "]";
    if (!node.isObject()) {
      reject(Problem.Kind.WRONG_VALUE, "is " + text(node) + ", expected an object");
    }
  }

  String where() {
    return where;
  }

  /** Whether every value asked for so far was there and right. */
  boolean usable() {
    return usable;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Notes a problem that leaves the entry usable. */
  void report(Problem.Kind kind, String text) {
    problems.add(new Problem(kind, where, text));
  }

  /** Notes a problem that makes the entry unusable. */
  void reject(Problem.Kind kind, String text) {
    usable = false;
    report(kind, text);
  }

  /** Whether there is a value; null and an empty list are none. */
  boolean has(String name) {
    JsonNode value = node.path(name);
    return !value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty());
  }

  JsonNode value(String name) {
    return node.path(name);
  }

  OptionalLong id(String name) {
    OptionalLong id = whole(node.path(name));
    if (id.isEmpty()) {
      wrong(name, "a whole number");
    }
    return id;
  }

  int pixels(String name) {
    OptionalLong pixels = whole(node.path(name));
    if (pixels.isEmpty() || pixels.getAsLong() < 1 || pixels.getAsLong() > Integer.MAX_VALUE) {
      wrong(name, "a whole number of pixels");
      return 1;
    }
    return (int) pixels.getAsLong();
  }

  double number(String name) {
    if (!isNumber(node.path(name))) {
      wrong(name, "a number");
    }
    return node.path(name).asDouble();
  }

  String text(String name) {
    if (!node.path(name).isTextual()) {
      wrong(name, "a text");
    }
    return node.path(name).asText();
  }

  /** 0 or 1, 0 if missing. */
  boolean flag(String name) {
    JsonNode value = node.path(name);
    if (value.isBoolean() || !has(name)) {
      return value.asBoolean();
    }
    OptionalLong number = whole(value);
    if (number.isEmpty()) {
      wrong(name, "0 or 1");
    }
    return number.orElse(0) != 0;
  }

  OptionalInt optionalInt(String name) {
    OptionalLong value = whole(node.path(name));
    return value.isPresent() && value.getAsLong() == (int) value.getAsLong()
        ? OptionalInt.of((int) value.getAsLong())
        : OptionalInt.empty();
  }

  CocoBox box(String name) {
    JsonNode value = node.path(name);
    boolean numbers =
        value.isArray()
            && value.size() == BOX_NUMBERS
            && IntStream.range(0, BOX_NUMBERS).allMatch(at -> isNumber(value.get(at)));
    if (!numbers) {
      wrong(name, "x, y, width and height");
      return new CocoBox(0, 0, 0, 0);
    }
    return new CocoBox(
        value.get(0).asDouble(),
        value.get(1).asDouble(),
        value.get(2).asDouble(),
        value.get(3).asDouble());
  }

  private void wrong(String name, String expected) {
    if (!node.isObject()) {
      return;
    }
    if (has(name)) {
      reject(
          Problem.Kind.WRONG_VALUE,
          "'" + name + "' is " + text(node.path(name)) + ", expected " + expected);
    } else {
      reject(Problem.Kind.MISSING_FIELD, "'" + name + "' is missing");
    }
  }

  private static boolean isNumber(JsonNode value) {
    return value.isNumber() && Double.isFinite(value.asDouble());
  }

  /** A whole number, also one that is written {@code 64.0}. */
  static OptionalLong whole(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.canConvertToLong() ? OptionalLong.of(value.asLong()) : OptionalLong.empty();
    }
    double number = value.isNumber() ? value.asDouble() : Double.NaN;
    return number == Math.rint(number) && Math.abs(number) < LONG_RANGE
        ? OptionalLong.of((long) number)
        : OptionalLong.empty();
  }

  /** The value as the file has it, cut off if it is long. */
  static String text(JsonNode value) {
    String text;
    try {
      text = PLAIN.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
  }
}
