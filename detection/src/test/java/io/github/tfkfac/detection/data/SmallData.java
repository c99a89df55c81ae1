package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.Annotation;
import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.coco.Segmentation;
import io.github.tfkfac.detection.profile.DetectorProfile.ResizeRule;
import io.github.tfkfac.models.data.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.imageio.ImageIO;

/** Collects images and annotations of a data set in a folder. */
final class SmallData {

  /** Ids with a gap and not in order, so that class numbers differ from them. */
  static final List<CocoCategory> CATEGORIES =
      List.of(new CocoCategory(9, "nine"), new CocoCategory(2, "two"), new CocoCategory(5, "five"));

  private final Path folder;
  private final List<CocoImage> images = new ArrayList<>();
  private final List<Annotation> annotations = new ArrayList<>();

  SmallData(Path folder) {
    this.folder = folder;
  }

  /** Sizes as mmdetection rounds them; images that fill both limits keep their size. */
  static Resize rounded(int shortSide, int longSide) {
    return new Resize(ResizeRule.ROUNDED, shortSide, longSide);
  }

  /** Writes an image of noise. */
  SmallData image(long id, int width, int height) throws IOException {
    RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(id);
    byte[] pixels = new byte[height * width * 3];
    random.nextBytes(pixels);
    return image(id, RgbImage.of(height, width, pixels));
  }

  SmallData image(long id, RgbImage picture) throws IOException {
    ImageIO.write(picture.toBufferedImage(), "png", folder.resolve(id + ".png").toFile());
    return listed(id, id + ".png", picture.shape().width(), picture.shape().height());
  }

  /** Names a file that is there or not. */
  SmallData listed(long id, String file, int width, int height) {
    images.add(new CocoImage(id, file, width, height, OptionalInt.empty()));
    return this;
  }

  /** An object in the image added last. */
  SmallData object(long category, Box box) {
    Segmentation outline =
        new Segmentation.Polygons(
            List.of(
                new double[] {
                  box.x1(), box.y1(), box.x2(), box.y1(), box.x2(), box.y2(), box.x1(), box.y2()
                }));
    return annotation(category, box, false, Optional.of(outline));
  }

  SmallData annotation(long category, Box box, boolean crowd, Optional<Segmentation> segmentation) {
    annotations.add(
        new Annotation(
            annotations.size() + 1,
            images.get(images.size() - 1).id(),
            category,
            box,
            box.area(),
            crowd,
            segmentation));
    return this;
  }

  DetectionDataset data() {
    return new DetectionDataset("small", folder, new CocoDataset(images, CATEGORIES, annotations));
  }
}
