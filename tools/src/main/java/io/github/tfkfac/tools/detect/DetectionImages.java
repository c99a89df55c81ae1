package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.data.DetectionDataset;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The annotated images of a run.
 *
 * @param train what it trains on
 * @param val what it is evaluated on
 */
public record DetectionImages(DetectionDataset train, DetectionDataset val) {

  private static final int GENERATED_TRAIN = 160;
  private static final int GENERATED_VAL = 40;
  private static final String REMEDY = "name the data set's folder with --data";

  /**
   * Reads a folder, or draws shapes into one.
   *
   * @param folder of the data set; otherwise shapes are drawn
   * @param ids images that are used, of either part, for training and evaluation alike; all, each
   *     part for its own purpose, if there are none
   * @param drawn where drawn shapes go
   */
  static DetectionImages read(Optional<Path> folder, List<Long> ids, Path drawn)
      throws IOException {
    if (folder.isEmpty()) {
      if (!Files.isDirectory(drawn)) {
        ShapesDataset.write(drawn, ShapesOptions.of(GENERATED_TRAIN, GENERATED_VAL, 1));
      }
      return read(Optional.of(drawn), ids, drawn);
    }
    CocoFiles train = CocoFiles.of(folder.get(), "train", REMEDY);
    CocoFiles val = CocoFiles.of(folder.get(), "val", REMEDY);
    if (ids.isEmpty()) {
      return new DetectionImages(
          dataset("train", train),
          train.equals(val) ? dataset("train", train) : dataset("val", val));
    }
    Set<CocoFiles> parts = new LinkedHashSet<>(List.of(train, val));
    DetectionDataset chosen = chosen(folder.get(), parts, ids);
    return new DetectionImages(chosen, chosen);
  }

  private static DetectionDataset dataset(String name, CocoFiles files) throws IOException {
    return new DetectionDataset(
        files.annotations().getFileName() + " (" + name + ")",
        files.images(),
        InstancesReader.read(files.annotations()));
  }

  private static DetectionDataset chosen(Path folder, Set<CocoFiles> parts, List<Long> ids)
      throws IOException {
    Set<Long> wanted = new HashSet<>(ids);
    List<CocoImage> images = new ArrayList<>();
    List<Annotation> annotations = new ArrayList<>();
    CocoDataset last = new CocoDataset(List.of(), List.of(), List.of());
    for (CocoFiles files : parts) {
      last = InstancesReader.read(files.annotations());
      Path from = folder.relativize(files.images());
      Set<Long> taken = new HashSet<>();
      for (CocoImage image : last.images()) {
        if (wanted.remove(image.id())) {
          taken.add(image.id());
          images.add(
              new CocoImage(
                  image.id(),
                  from.resolve(image.fileName()).toString(),
                  image.width(),
                  image.height(),
                  image.license()));
        }
      }
      last.annotations().stream()
          .filter(one -> taken.contains(one.imageId()))
          .forEach(one -> annotations.add(numbered(one, annotations.size() + 1L)));
    }
    if (!wanted.isEmpty()) {
      throw new UserError(
          "expected images of the ids %s in %s, found none; choose others"
              .formatted(wanted, folder));
    }
    return new DetectionDataset(
        ids.size() + " images of " + folder.getFileName(),
        folder,
        used(new CocoDataset(images, last.categories(), annotations)));
  }

  /** With another id, as both parts may number from 1. */
  private static Annotation numbered(Annotation one, long id) {
    return new Annotation(
        id,
        one.imageId(),
        one.categoryId(),
        one.bbox(),
        one.area(),
        one.crowd(),
        one.segmentation());
  }

  /** Without the categories that none of the images has. */
  private static CocoDataset used(CocoDataset dataset) {
    Set<Long> found = new HashSet<>();
    dataset.annotations().forEach(one -> found.add(one.categoryId()));
    return new CocoDataset(
        dataset.images(),
        dataset.categories().stream().filter(category -> found.contains(category.id())).toList(),
        dataset.annotations());
  }

  /** What was trained on and evaluated, for records. */
  Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("train", text(train));
    identity.put("val", text(val));
    return identity;
  }

  private static String text(DetectionDataset data) {
    return "%s: %d images, %d annotations, %d categories"
        .formatted(
            data.name(),
            data.size(),
            data.annotations().annotations().size(),
            data.categories().size());
  }
}
