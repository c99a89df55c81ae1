package io.github.tfkfac.detection.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes COCO's annotation files. */
final class ShapesJson {

  private ShapesJson() {}

  static void write(CocoDataset data, Path file) throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("info", Map.of("description", "Generated shapes"));
    root.put("licenses", List.of());
    root.put(
        "images",
        data.images().stream()
            .map(
                image -> {
                  Map<String, Object> fields = new LinkedHashMap<>();
                  fields.put("id", image.id());
                  fields.put("file_name", image.fileName());
                  fields.put("width", image.width());
                  fields.put("height", image.height());
                  return fields;
                })
            .toList());
    root.put(
        "categories",
        data.categories().stream()
            .map(
                category -> {
                  Map<String, Object> fields = new LinkedHashMap<>();
                  fields.put("id", category.id());
                  fields.put("name", category.name());
                  fields.put("supercategory", "shape");
                  return fields;
                })
            .toList());
    root.put("annotations", data.annotations().stream().map(ShapesJson::fields).toList());
    new ObjectMapper().writeValue(file.toFile(), root);
  }

  private static Map<String, Object> fields(Annotation annotation) {
    CocoBox box = annotation.bbox();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", annotation.id());
    fields.put("image_id", annotation.imageId());
    fields.put("category_id", annotation.categoryId());
    fields.put("bbox", List.of(box.x(), box.y(), box.width(), box.height()));
    fields.put("area", annotation.area());
    fields.put("iscrowd", annotation.crowd() ? 1 : 0);
    annotation.segmentation().ifPresent(one -> fields.put("segmentation", segmentation(one)));
    return fields;
  }

  private static Object segmentation(Segmentation segmentation) {
    if (segmentation instanceof Segmentation.Polygons polygons) {
      return polygons.parts();
    }
    RunLengths mask = ((Segmentation.Mask) segmentation).mask();
    return Map.of("size", List.of(mask.height(), mask.width()), "counts", mask.counts());
  }
}
