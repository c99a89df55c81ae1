package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes COCO's results files. */
public final class ResultsWriter {

  private ResultsWriter() {}

  /** Boxes and scores; replaces the file if there is one. */
  public static void writeBoxes(Path file, List<Detection> detections) throws IOException {
    write(file, detections, (json, detection) -> InstancesWriter.writeBox(json, detection.bbox()));
  }

  /**
   * Masks and scores; replaces the file if there is one. Without boxes: COCO's tools would take the
   * boxes' areas for those of the masks.
   *
   * @throws IllegalArgumentException if a detection has no mask
   */
  public static void writeMasks(Path file, List<Detection> detections) throws IOException {
    for (Detection detection : detections) {
      if (detection.mask().isEmpty()) {
        throw new IllegalArgumentException(
            "a detection in image " + detection.imageId() + " has no mask to write");
      }
    }
    write(
        file,
        detections,
        (json, detection) -> {
          json.writeFieldName("segmentation");
          SegmentationJson.write(json, detection.mask().orElseThrow());
        });
  }

  private interface Shape {
    void write(JsonGenerator json, Detection detection) throws IOException;
  }

  private static void write(Path file, List<Detection> detections, Shape shape) throws IOException {
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
        JsonGenerator json = new JsonFactory().createGenerator(stream, JsonEncoding.UTF8)) {
      json.writeStartArray();
      for (Detection detection : detections) {
        json.writeStartObject();
        json.writeNumberField("image_id", detection.imageId());
        json.writeNumberField("category_id", detection.categoryId());
        shape.write(json, detection);
        json.writeNumberField("score", detection.score());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }
}
