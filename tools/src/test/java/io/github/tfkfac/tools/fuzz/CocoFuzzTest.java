package io.github.tfkfac.tools.fuzz;

import static io.github.tfkfac.tools.fuzz.Property.require;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoFormatException;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.ImageFiles;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;

/** Readers of COCO's files. */
class CocoFuzzTest {

  private static final Property FILES = Property.throwing(CocoFormatException.class);
  private static final Property VALUES = Property.throwing(IllegalArgumentException.class);
  private static final CocoDataset DATASET =
      new CocoDataset(
          List.of(new CocoImage(1, "a.png", 8, 6, OptionalInt.empty())),
          List.of(new CocoCategory(1, "thing")),
          List.of());

  @TempDir static Path folder;

  @FuzzTest
  void instances(byte[] data) throws Exception {
    Path file = folder.resolve("instances.json");
    for (DatasetUse use : DatasetUse.values()) {
      FILES.checkFile(
          file,
          data,
          () -> {
            DatasetReading reading = InstancesReader.readLeniently(file, use);
            for (DatasetUse other : DatasetUse.values()) {
              reading.problems(other);
            }
            masks(reading.dataset());
            return reading.require(file, use);
          });
    }
    FILES.check("instances.json", 0, () -> InstancesReader.categories(file));
    FILES.check("instances.json", 0, () -> InstancesReader.firstImage(file));
  }

  /** The pixels of the outlines in images of a size that is not large. */
  private static void masks(CocoDataset dataset) {
    var images = dataset.imagesById();
    for (Annotation annotation : dataset.annotations()) {
      CocoImage image = images.get(annotation.imageId());
      annotation
          .segmentation()
          .filter(outline -> (long) image.width() * image.height() <= 1 << 20)
          .filter(
              outline ->
                  outline instanceof Segmentation.Polygons
                      || (outline instanceof Segmentation.Mask mask
                          && mask.mask().covers(image.height(), image.width())))
          .map(outline -> outline.mask(image.height(), image.width()))
          .ifPresent(CocoFuzzTest::requireConsistent);
    }
  }

  @FuzzTest
  void results(byte[] data) throws Exception {
    Path file = folder.resolve("results.json");
    FILES.checkFile(file, data, () -> ResultsReader.startsWithMask(file));
    FILES.check(
        "results.json",
        0,
        () -> {
          List<Detection> read = ResultsReader.read(file, DATASET);
          for (Detection each : read) {
            require(each.imageId() == 1 && each.categoryId() == 1, "the image and category");
            each.mask().ifPresent(CocoFuzzTest::requireConsistent);
          }
          return read;
        });
  }

  @FuzzTest
  void runLengths(byte[] data) throws Exception {
    if (data.length < 2) {
      return;
    }
    String code = new String(data, 2, data.length - 2, StandardCharsets.ISO_8859_1);
    VALUES.check(
        "",
        0,
        () -> {
          RunLengths mask =
              RunLengths.decode(code, Byte.toUnsignedInt(data[0]), Byte.toUnsignedInt(data[1]));
          requireConsistent(mask);
          require(mask.mirrored().mirrored().area() == mask.area(), "the area of the mirrored");
          require(mask.union(mask).area() == mask.area(), "a mask united with itself");
          require(mask.intersection(mask).area() == mask.area(), "the same shared with itself");
          return mask;
        });
  }

  /** Corners as 64-bit numbers, as many as there are, in an image of 48 x 64 pixels. */
  @FuzzTest
  void polygons(byte[] data) throws Exception {
    double[] corners = new double[data.length / Double.BYTES];
    ByteBuffer.wrap(data).asDoubleBuffer().get(corners);
    VALUES.check(
        "polygon",
        0,
        () -> {
          Segmentation outline = new Segmentation.Polygons(List.of(corners));
          RunLengths mask = outline.mask(48, 64);
          requireConsistent(mask);
          return outline.mirrored(64);
        });
  }

  private static void requireConsistent(RunLengths mask) {
    byte[] bitmap = mask.bitmap();
    int set = 0;
    for (byte pixel : bitmap) {
      set += pixel;
    }
    require(set == mask.area(), "as many pixels set as the area, " + mask.area() + ", not " + set);
    RunLengths again = RunLengths.decode(mask.encode(), mask.height(), mask.width());
    require(again.equals(mask), "the mask that was encoded");
    RunLengths same = RunLengths.ofBitmap(bitmap, mask.height(), mask.width());
    require(same.tightBox().equals(mask.tightBox()), "the box of the pixels");
  }

  @FuzzTest
  void fileNames(byte[] data) throws Exception {
    String name = new String(data, StandardCharsets.UTF_8);
    CocoImage image = new CocoImage(1, name, 1, 1, OptionalInt.empty());
    VALUES.check(
        "",
        0,
        () -> {
          Path images = folder.resolve("images");
          Path file = new ImageFiles(images, List.of(image)).of(image);
          require(file.normalize().startsWith(images), "a file of the folder");
          return file;
        });
  }
}
