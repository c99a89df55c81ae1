package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Detection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;

/** Images 1 to 3 with objects of categories 1 to 3, all boxes, and what was found in them. */
final class EvaluatedScene {
  private final List<Annotation> annotations = new ArrayList<>();
  private final List<Detection> detections = new ArrayList<>();
  private long nextId = 1;

  EvaluatedScene numberedFrom(long id) {
    nextId = id;
    return this;
  }

  EvaluatedScene object(long image, long category, CocoBox box) {
    return object(image, category, box, box.area(), false);
  }

  EvaluatedScene crowd(long image, long category, CocoBox box) {
    return object(image, category, box, box.area(), true);
  }

  EvaluatedScene object(long image, long category, CocoBox box, double area, boolean crowd) {
    annotations.add(new Annotation(nextId++, image, category, box, area, crowd, Optional.empty()));
    return this;
  }

  EvaluatedScene found(long image, long category, CocoBox box, double score) {
    detections.add(new Detection(image, category, box, box.area(), score, Optional.empty()));
    return this;
  }

  static CocoDataset dataset(List<Annotation> annotations) {
    return new CocoDataset(
        LongStream.rangeClosed(1, 3)
            .mapToObj(id -> new CocoImage(id, id + ".jpg", 200, 200, OptionalInt.empty()))
            .toList(),
        LongStream.rangeClosed(1, 3).mapToObj(id -> new CocoCategory(id, "c" + id)).toList(),
        annotations);
  }

  Evaluation boxes() {
    return evaluated(EvaluationOptions.boxes());
  }

  Evaluation evaluated(EvaluationOptions options) {
    return CocoEvaluator.evaluate(dataset(annotations), detections, options);
  }
}
