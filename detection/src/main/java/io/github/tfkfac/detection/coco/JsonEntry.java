package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

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
  private final DatasetUse use;
  private final String kind;
  private final String list;
  private final int index;
  private final List<Problem> problems = new ArrayList<>();
  private boolean usable = true;

  JsonEntry(String kind, String list, JsonNode node, int index, DatasetUse use) {
    this.node = node;
    this.use = use;
    this.kind = kind;
    this.list = list;
    this.index = index;
    if (!node.isObject()) {
      reject(Problem.Kind.WRONG_VALUE, "is " + text(node) + ", expected an object");
    }
  }

  String where() {
    OptionalLong id = whole(node.path("id"));
    return id.isPresent() ? kind + " " + id.getAsLong() : list + "[" + index + "]";
  }

  /** Whether every value asked for so far was there and right. */
  boolean usable() {
    return usable;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Notes a problem that leaves the entry usable. */
  void report(Problem.Kind problem, String text) {
    problems.add(new Problem(problem, where(), text));
  }

  /** Notes a problem that makes the entry unusable. */
  void reject(Problem.Kind problem, String text) {
    usable = false;
    report(problem, text);
  }

  /** Whether there is a value; null and an empty list are none. */
  boolean has(String name) {
    JsonNode value = node.path(name);
    return !value.isMissingNode() && !value.isNull() && !(value.isArray() && value.isEmpty());
  }

  JsonNode value(String name) {
    return node.path(name);
  }

  DatasetUse use() {
    return use;
  }

  /** Identifier of an entry: a whole number; in an evaluation any value that can identify it. */
  Optional<Object> id(String name) {
    JsonNode value = node.path(name);
    OptionalLong whole = whole(value);
    Optional<Object> key = Optional.empty();
    if (whole.isPresent()) {
      key = Optional.of(whole.getAsLong());
    } else if (use.evaluation() && !value.isMissingNode()) {
      key = EntryIds.key(value);
    }
    require(name, "a whole number", whole.isPresent(), key.isPresent());
    return key;
  }

  /**
   * A size of an image, 1 if it is missing or wrong, which an evaluation notices only where it
   * needs the size.
   *
   * @return empty if the size cannot be used
   */
  OptionalInt pixels(String name) {
    JsonNode value = node.path(name);
    OptionalLong pixels = whole(value);
    boolean right =
        pixels.isPresent() && pixels.getAsLong() >= 1 && pixels.getAsLong() <= Integer.MAX_VALUE;
    double stated = PythonNumber.compared(value).orElse(Double.NaN);
    boolean cutOff = use.evaluation() && stated >= 1 && stated < Integer.MAX_VALUE;
    if (right || use != DatasetUse.MASK_EVALUATION) {
      require(name, "a whole number of pixels", right, use.evaluation());
    } else if (node.isObject()) {
      Problem fault = fault(name, "a whole number of pixels");
      problems.add(cutOff ? fault.tolerated() : fault);
    }
    return right || cutOff ? OptionalInt.of((int) stated) : OptionalInt.empty();
  }

  /** A number; in an evaluation anything that can be compared with one. */
  double number(String name) {
    JsonNode value = node.path(name);
    OptionalDouble number = PythonNumber.compared(value);
    require(name, "a number", isNumber(value), use.evaluation() && number.isPresent());
    return number.orElse(0);
  }

  /** A number that an evaluation does not need. */
  double unneededNumber(String name) {
    require(name, "a number", isNumber(node.path(name)), use.evaluation());
    return node.path(name).asDouble();
  }

  /** A text, which an evaluation does not need. */
  String text(String name) {
    require(name, "a text", node.path(name).isTextual(), use.evaluation());
    return node.path(name).asText();
  }

  /** 0 or 1, 0 if missing; in an evaluation what the reference takes for one of them. */
  boolean flag(String name) {
    JsonNode value = node.path(name);
    if (value.isBoolean() || !has(name)) {
      return value.asBoolean();
    }
    OptionalLong number = whole(value);
    OptionalInt crowd = PythonNumber.byteElement(value);
    require(name, "0 or 1", number.isPresent(), use.evaluation() && crowd.isPresent());
    return number.isPresent() ? number.getAsLong() != 0 : crowd.orElse(0) != 0;
  }

  /** Whether a condition of the reference takes the value for true. */
  boolean truth(String name) {
    return PythonNumber.truth(node.path(name));
  }

  OptionalInt optionalInt(String name) {
    OptionalLong value = whole(node.path(name));
    return value.isPresent() && value.getAsLong() == (int) value.getAsLong()
        ? OptionalInt.of((int) value.getAsLong())
        : OptionalInt.empty();
  }

  /** An object's box; an evaluation of masks does not need it. */
  CocoBox box(String name) {
    return box(name, PythonNumber::element, BOX_NUMBERS, use == DatasetUse.MASK_EVALUATION);
  }

  /**
   * A detection's box, with which the reference computes before it converts it; of a detection with
   * a mask it sees the first numbers only.
   *
   * @param masked whether the detection has a mask
   */
  CocoBox resultBox(String name, boolean masked) {
    boolean begins = masked && use == DatasetUse.MASK_EVALUATION;
    return box(name, PythonNumber::compared, begins ? Integer.MAX_VALUE : BOX_NUMBERS, false);
  }

  private CocoBox box(
      String name,
      Function<JsonNode, OptionalDouble> conversion,
      int mostNumbers,
      boolean unneeded) {
    JsonNode value = node.path(name);
    boolean enough = value.isArray() && value.size() >= BOX_NUMBERS && value.size() <= mostNumbers;
    boolean numbers = value.size() == BOX_NUMBERS && enough;
    boolean converted = use.evaluation() && enough;
    double[] box = new double[BOX_NUMBERS];
    for (int at = 0; at < BOX_NUMBERS && enough; at++) {
      OptionalDouble number = conversion.apply(value.get(at));
      numbers &= isNumber(value.get(at));
      converted &= number.isPresent();
      box[at] = number.orElse(0);
    }
    require(name, "x, y, width and height", numbers, converted || unneeded);
    return numbers || converted
        ? new CocoBox(box[0], box[1], box[2], box[3])
        : new CocoBox(0, 0, 0, 0);
  }

  /** Notes a value that is not right; the entry stays usable if it is tolerated. */
  private void require(String name, String expected, boolean right, boolean tolerated) {
    if (right || !node.isObject()) {
      return;
    }
    Problem fault = fault(name, expected);
    problems.add(tolerated ? fault.tolerated() : fault);
    usable &= tolerated;
  }

  private Problem fault(String name, String expected) {
    return has(name)
        ? new Problem(
            Problem.Kind.WRONG_VALUE,
            where(),
            "'" + name + "' is " + text(node.path(name)) + ", expected " + expected)
        : new Problem(Problem.Kind.MISSING_FIELD, where(), "'" + name + "' is missing");
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
