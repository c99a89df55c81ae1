package io.github.tfkfac.detection.coco;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes COCO's instances files; masks as compressed run lengths. */
public final class InstancesWriter {

  private InstancesWriter() {}

  /** Replaces the file if there is one. */
  public static void write(Path file, CocoDataset dataset) throws IOException {
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(file));
        JsonGenerator json = new JsonFactory().createGenerator(stream, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeArrayFieldStart("images");
      for (CocoImage image : dataset.images()) {
        write(json, image);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("categories");
      for (CocoCategory category : dataset.categories()) {
        json.writeStartObject();
        json.writeNumberField("id", category.id());
        json.writeStringField("name", category.name());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("annotations");
      for (Annotation annotation : dataset.annotations()) {
        write(json, annotation);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private static void write(JsonGenerator json, CocoImage image) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", image.id());
    json.writeStringField("file_name", image.fileName());
    json.writeNumberField("width", image.width());
    json.writeNumberField("height", image.height());
    if (image.license().isPresent()) {
      json.writeNumberField("license", image.license().getAsInt());
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Annotation annotation) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", annotation.id());
    json.writeNumberField("image_id", annotation.imageId());
    json.writeNumberField("category_id", annotation.categoryId());
    writeBox(json, annotation.bbox());
    json.writeNumberField("area", annotation.area());
    json.writeNumberField("iscrowd", annotation.crowd() ? 1 : 0);
    if (annotation.segmentation().isPresent()) {
      json.writeFieldName("segmentation");
      SegmentationJson.write(json, annotation.segmentation().get());
    }
    json.writeEndObject();
  }

  static void writeBox(JsonGenerator json, CocoBox box) throws IOException {
    json.writeFieldName("bbox");
    json.writeArray(new double[] {box.x(), box.y(), box.width(), box.height()}, 0, 4);
  }
}
