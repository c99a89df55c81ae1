package io.github.tfkfac.detection.coco;

import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_POLYGON;
import static io.github.tfkfac.detection.coco.Problem.Kind.BAD_RUN_LENGTHS;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.detection.coco.JsonEntry.Unusable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Outlines and masks in JSON: polygons, lists of run lengths, COCO's string for run lengths. */
final class SegmentationJson {

  private SegmentationJson() {}

  static Segmentation read(JsonEntry entry, JsonNode node) throws Unusable {
    return node.isArray() ? polygons(entry, node) : mask(entry, node);
  }

  private static Segmentation polygons(JsonEntry entry, JsonNode node) throws Unusable {
    List<double[]> parts = new ArrayList<>();
    for (JsonNode part : node) {
      if (!part.isArray()) {
        throw entry.unusable(
            BAD_POLYGON,
            "expected a list of lists of numbers, found " + part + " in the outer list");
      }
      parts.add(numbers(entry, part));
    }
    try {
      return new Segmentation.Polygons(parts);
    } catch (IllegalArgumentException bad) {
      throw entry.unusable(BAD_POLYGON, message(bad));
    }
  }

  private static double[] numbers(JsonEntry entry, JsonNode part) throws Unusable {
    double[] numbers = new double[part.size()];
    for (int at = 0; at < numbers.length; at++) {
      if (!part.get(at).isNumber()) {
        throw entry.unusable(BAD_POLYGON, "expected numbers, found " + part.get(at));
      }
      numbers[at] = part.get(at).asDouble();
    }
    return numbers;
  }

  private static Segmentation mask(JsonEntry entry, JsonNode node) throws Unusable {
    JsonNode size = node.path("size");
    JsonNode counts = node.path("counts");
    if (size.size() != 2 || !size.get(0).isInt() || !size.get(1).isInt()) {
      throw entry.unusable(
          BAD_RUN_LENGTHS,
          "expected polygons or an object with 'size' [height, width] and 'counts'");
    }
    int height = size.get(0).asInt();
    int width = size.get(1).asInt();
    try {
      if (counts.isTextual()) {
        return new Segmentation.Mask(RunLengths.decode(counts.asText(), height, width));
      }
      if (!counts.isArray()) {
        throw entry.unusable(BAD_RUN_LENGTHS, "expected 'counts', a list or a text");
      }
      int[] lengths = new int[counts.size()];
      for (int at = 0; at < lengths.length; at++) {
        if (!counts.get(at).isInt()) {
          throw entry.unusable(BAD_RUN_LENGTHS, "expected whole numbers, found " + counts.get(at));
        }
        lengths[at] = counts.get(at).asInt();
      }
      return new Segmentation.Mask(new RunLengths(height, width, lengths));
    } catch (IllegalArgumentException bad) {
      throw entry.unusable(BAD_RUN_LENGTHS, message(bad));
    }
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
