package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoBox;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.InstancesWriter;
import io.github.tfkfac.detection.coco.RunLengths;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.models.data.KeyedRandom;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * Generated images of flat shapes with boxes and outlines, written as a COCO data set: folders
 * {@code train} and {@code val}, and {@code annotations/instances_train.json} and {@code
 * instances_val.json}.
 *
 * <p>Image i of a part depends on the options and i alone. Shapes cover each other in part; an
 * outline follows what is visible. Category ids have gaps, as COCO's have. The bytes may differ
 * between Java releases.
 *
 * @param train to train on
 * @param val to evaluate on
 */
public record ShapesDataset(DetectionDataset train, DetectionDataset val) {

  private static final int TRAIN = 0;
  private static final int VAL = 1;

  /**
   * Writes the data set.
   *
   * @param folder made if missing
   * @throws UncheckedIOException naming the folder if it cannot be written
   */
  public static ShapesDataset write(Path folder, ShapesOptions options) {
    try {
      return new ShapesDataset(
          write(folder, "train", TRAIN, options.trainImages(), options),
          write(folder, "val", VAL, options.valImages(), options));
    } catch (IOException e) {
      throw new UncheckedIOException(
          folder + ": expected to write a data set, found " + e + "; choose another place", e);
    }
  }

  /** The categories: ids 1, 2, 4, 7. */
  static List<CocoCategory> categories(int count) {
    return IntStream.range(0, count)
        .mapToObj(kind -> new CocoCategory(categoryId(kind), ShapesScene.KINDS.get(kind).name()))
        .toList();
  }

  private static long categoryId(int kind) {
    return 1 + kind * (kind + 1L) / 2;
  }

  private static DetectionDataset write(
      Path folder, String part, int key, int count, ShapesOptions options) throws IOException {
    Path images = Files.createDirectories(folder.resolve(part));
    List<CocoImage> records = new ArrayList<>();
    List<Annotation> annotations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RandomGenerator random = random(options, key, i);
      ShapesScene scene = ShapesScene.drawn(options, random);
      String extension = options.format().extension();
      String file = String.format(Locale.ROOT, "%06d.%s", i + 1, extension);
      ImageIO.write(ShapesPicture.draw(scene, random), extension, images.resolve(file).toFile());
      records.add(
          new CocoImage(
              i + 1, file, scene.size().width(), scene.size().height(), OptionalInt.empty()));
      addAnnotations(scene, i + 1, annotations);
    }
    CocoDataset data = new CocoDataset(records, categories(options.categories()), annotations);
    Path json =
        Files.createDirectories(folder.resolve("annotations"))
            .resolve("instances_" + part + ".json");
    InstancesWriter.write(json, data);
    return new DetectionDataset("shapes " + part, images, data);
  }

  static RandomGenerator random(ShapesOptions options, int part, int image) {
    return KeyedRandom.of(KeyedRandom.Use.IMAGE, options.seed(), part, image);
  }

  private static void addAnnotations(ShapesScene scene, long image, List<Annotation> target) {
    scene
        .group()
        .ifPresent(
            group -> {
              RunLengths mask = pixels(group, scene.size());
              if (mask.area() > 0) {
                target.add(
                    new Annotation(
                        target.size() + 1L,
                        image,
                        categoryId(group.kind()),
                        mask.tightBox(),
                        mask.area(),
                        true,
                        Optional.of(new Segmentation.Mask(mask))));
              }
            });
    for (ShapesScene.Piece piece : scene.pieces()) {
      Segmentation outline =
          new Segmentation.Polygons(List.of(ShapesScene.outline(piece.visible())));
      target.add(
          new Annotation(
              target.size() + 1L,
              image,
              categoryId(piece.kind()),
              box(ShapesScene.outline(piece.visible())),
              outline.mask(scene.size().height(), scene.size().width()).area(),
              false,
              Optional.of(outline)));
    }
  }

  /** The pixels whose centers are inside. */
  static RunLengths pixels(ShapesScene.Piece piece, ImageSize size) {
    BufferedImage image =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_BYTE_GRAY);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fill(piece.visible());
    graphics.dispose();
    byte[] values = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    return RunLengths.ofBitmap(values, size.height(), size.width());
  }

  private static CocoBox box(double[] outline) {
    double left = Double.POSITIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < outline.length; k += 2) {
      left = Math.min(left, outline[k]);
      right = Math.max(right, outline[k]);
      top = Math.min(top, outline[k + 1]);
      bottom = Math.max(bottom, outline[k + 1]);
    }
    return new CocoBox(left, top, hundredths(right - left), hundredths(bottom - top));
  }

  private static double hundredths(double value) {
    return Math.round(value * 100) / 100.0;
  }
}
