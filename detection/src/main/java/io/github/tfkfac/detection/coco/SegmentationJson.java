package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_POLYGON;
import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;
import static io.github.tfkfac.detection.coco.Problem.Kind.TOLERATED;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Outlines and masks in JSON: polygons, lists of run lengths, COCO's string for run lengths. */
final class SegmentationJson {

  private static final int BOX_NUMBERS = 4;
  private static final int POINT = 2;

  private SegmentationJson() {}

  /** Empty if it cannot be read; the entry's problems then say why, and it stays usable. */
  static Optional<Segmentation> read(JsonEntry entry, JsonNode node) {
    return node.isArray() ? polygons(entry, node) : mask(entry, node);
  }

  private static Optional<Segmentation> polygons(JsonEntry entry, JsonNode node) {
    List<double[]> parts = new ArrayList<>();
    for (JsonNode part : node) {
      if (!part.isArray()) {
        entry.report(
            BAD_POLYGON,
            "expected a list of lists of numbers, found "
                + JsonEntry.text(part)
                + " in the outer list");
        return Optional.empty();
      }
      // The reference looks at the first part's length to tell outlines from boxes.
      boolean reference =
          entry.use() == DatasetUse.MASK_EVALUATION && node.get(0).size() > BOX_NUMBERS;
      parts.add(part(entry, numbers(entry, part, reference), reference));
    }
    return entry.problems().stream().anyMatch(one -> one.kind() == BAD_POLYGON)
        ? Optional.empty()
        : Optional.of(new Segmentation.Polygons(parts));
  }

  /**
   * A part of an outline. The reference leaves out an odd last number, and finds no pixel within
   * one or two points.
   */
  private static double[] part(JsonEntry entry, double[] numbers, boolean reference) {
    try {
      return Segmentation.Polygons.checked(numbers);
    } catch (IllegalArgumentException bad) {
      boolean tolerated = reference && numbers.length >= POINT;
      entry.report(tolerated ? TOLERATED : BAD_POLYGON, message(bad));
      double[] pairs = Arrays.copyOf(numbers, numbers.length - numbers.length % POINT);
      return pairs.length > BOX_NUMBERS || !tolerated ? pairs : nothing(numbers);
    }
  }

  /** A polygon without a pixel. */
  private static double[] nothing(double[] point) {
    return new double[] {point[0], point[1], point[0], point[1], point[0], point[1]};
  }

  private static double[] numbers(JsonEntry entry, JsonNode part, boolean reference) {
    double[] numbers = new double[part.size()];
    for (int at = 0; at < numbers.length; at++) {
      JsonNode number = part.get(at);
      numbers[at] = PythonNumber.element(number).orElse(Double.NaN);
      if (!number.isNumber() || !Double.isFinite(numbers[at])) {
        boolean tolerated = reference && Double.isFinite(numbers[at]);
        entry.report(
            tolerated ? TOLERATED : BAD_POLYGON,
            "polygon with " + JsonEntry.text(number) + ", expected numbers");
        numbers[at] = tolerated ? numbers[at] : 0;
      }
    }
    return numbers;
  }

  private static Optional<Segmentation> mask(JsonEntry entry, JsonNode node) {
    JsonNode size = node.path("size");
    JsonNode counts = node.path("counts");
    OptionalInt height = count(size.path(0));
    OptionalInt width = count(size.path(1));
    if (size.size() != 2 || height.isEmpty() || width.isEmpty()) {
      return unreadable(
          entry,
          "'segmentation' is "
              + JsonEntry.text(node)
              + ", expected polygons or an object with 'size' [height, width] and 'counts'");
    }
    if (!counts.isTextual() && !counts.isArray()) {
      return unreadable(
          entry, "'counts' is " + JsonEntry.text(counts) + ", expected a list or a text");
    }
    int[] lengths = new int[counts.size()];
    for (int at = 0; at < lengths.length; at++) {
      OptionalInt length = count(counts.get(at));
      if (length.isEmpty()) {
        return unreadable(
            entry, "'counts' has " + JsonEntry.text(counts.get(at)) + ", expected whole numbers");
      }
      lengths[at] = length.getAsInt();
    }
    try {
      return Optional.of(
          new Segmentation.Mask(
              counts.isTextual()
                  ? RunLengths.decode(counts.asText(), height.getAsInt(), width.getAsInt())
                  : new RunLengths(height.getAsInt(), width.getAsInt(), lengths)));
    } catch (IllegalArgumentException bad) {
      return unreadable(entry, message(bad));
    }
  }

  private static OptionalInt count(JsonNode node) {
    OptionalLong whole = JsonEntry.whole(node);
    return whole.isPresent() && whole.getAsLong() == (int) whole.getAsLong()
        ? OptionalInt.of((int) whole.getAsLong())
        : OptionalInt.empty();
  }

  private static Optional<Segmentation> unreadable(JsonEntry entry, String text) {
    entry.report(BAD_RUN_LENGTHS, text);
    return Optional.empty();
  }

  private static String message(IllegalArgumentException bad) {
    return String.valueOf(bad.getMessage());
  }

  static void write(JsonGenerator json, Segmentation segmentation) throws IOException {
    if (segmentation instanceof Segmentation.Polygons polygons) {
      json.writeStartArray();
      for (double[] part : polygons.parts()) {
        json.writeArray(part, 0, part.length);
      }
      json.writeEndArray();
    } else if (segmentation instanceof Segmentation.Mask mask) {
      write(json, mask.mask());
    }
  }

  static void write(JsonGenerator json, RunLengths mask) throws IOException {
    json.writeStartObject();
    json.writeFieldName("size");
    json.writeArray(new int[] {mask.height(), mask.width()}, 0, 2);
    json.writeStringField("counts", mask.encode());
    json.writeEndObject();
  }
}
