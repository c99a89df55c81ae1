package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalInt;

/** One entry of a list, with the values that it must have. */
final class JsonEntry {
  private static final int BOX_NUMBERS = 4;
  private final JsonNode node;
  private final String where;

  JsonEntry(String kind, String list, JsonNode node, int index) {
    this.node = node;
    this.where =
        node.path("id").isIntegralNumber()
            ? kind + " " + node.path("id").asLong()
            : list + "[" + index + "]";
  }

  /** An entry that cannot be used. */
  static final class Unusable extends Exception {
    private final transient Problem problem;

    Unusable(Problem problem) {
      super(problem.line());
      this.problem = problem;
    }

    Problem problem() {
      return problem;
    }
  }

  String where() {
    return where;
  }

  Unusable unusable(Problem.Kind kind, String text) {
    return new Unusable(new Problem(kind, where, text));
  }

  boolean has(String name) {
    JsonNode value = node.path(name);
    return !value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty());
  }

  JsonNode value(String name) throws Unusable {
    if (!has(name)) {
      throw unusable(Problem.Kind.MISSING_FIELD, "'" + name + "' is missing");
    }
    return node.path(name);
  }

  long id(String name) throws Unusable {
    JsonNode value = value(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(name, "a whole number", value);
    }
    return value.asLong();
  }

  int pixels(String name) throws Unusable {
    JsonNode value = value(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
      throw wrong(name, "a whole number of pixels", value);
    }
    return value.asInt();
  }

  double number(String name) throws Unusable {
    return number(name, value(name));
  }

  private double number(String name, JsonNode value) throws Unusable {
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw wrong(name, "a number", value);
    }
    return value.asDouble();
  }

  String text(String name) throws Unusable {
    JsonNode value = value(name);
    if (!value.isTextual()) {
      throw wrong(name, "a text", value);
    }
    return value.asText();
  }

  /** 0 or 1, 0 if missing. */
  boolean flag(String name) throws Unusable {
    if (!has(name)) {
      return false;
    }
    JsonNode value = value(name);
    if (!value.isBoolean() && !value.isIntegralNumber()) {
      throw wrong(name, "0 or 1", value);
    }
    return value.asBoolean();
  }

  OptionalInt optionalInt(String name) {
    JsonNode value = node.path(name);
    return value.canConvertToInt() && value.isIntegralNumber()
        ? OptionalInt.of(value.asInt())
        : OptionalInt.empty();
  }

  CocoBox box(String name) throws Unusable {
    JsonNode value = value(name);
    if (!value.isArray() || value.size() != BOX_NUMBERS) {
      throw wrong(name, "x, y, width and height", value);
    }
    return new CocoBox(
        number(name, value.get(0)),
        number(name, value.get(1)),
        number(name, value.get(2)),
        number(name, value.get(3)));
  }

  private Unusable wrong(String name, String expected, JsonNode found) {
    String text = found.toString();
    return unusable(
        Problem.Kind.WRONG_VALUE,
        "'"
            + name
            + "' is "
            + text.substring(0, Math.min(60, text.length()))
            + ", expected "
            + expected);
  }
}
