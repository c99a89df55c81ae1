package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.data.Bitmap;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionSample;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.ObjectPadding;
import io.github.tfkfac.detection.data.PreparedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Images of noise with objects anywhere.
 *
 * @param image their size
 * @param objects in each
 * @param classes of objects
 */
public record NoiseScene(ImageSize image, int objects, int classes) {

  private static final long SEED = 1;
  private static final double SHORTEST = 0.1;

  public NoiseScene {
    if (objects < 1 || classes < 1) {
      throw new IllegalArgumentException(
          "expected at least one object and one class, found " + objects + " and " + classes);
    }
  }

  /** A batch of this many images. */
  public DetectionBatch batch(int images, boolean masks) {
    Random random = new Random(SEED);
    List<DetectionSample> samples = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      samples.add(sample(random, i + 1, masks));
    }
    return DetectionBatch.of(
        samples, new ObjectPadding.Fixed(objects), masks ? Masks.BITMAPS : Masks.NONE);
  }

  private DetectionSample sample(Random random, long id, boolean masks) {
    float[] pixels = new float[3 * image.height() * image.width()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    List<Box> boxes = new ArrayList<>();
    List<Bitmap> bitmaps = new ArrayList<>();
    for (int i = 0; i < objects; i++) {
      double width = image.width() * random.nextDouble(SHORTEST, 1);
      double height = image.height() * random.nextDouble(SHORTEST, 1);
      boxes.add(
          Box.ofCorner(
              random.nextDouble() * (image.width() - width),
              random.nextDouble() * (image.height() - height),
              width,
              height));
      byte[] mask = new byte[image.height() * image.width()];
      Arrays.fill(mask, (byte) 1);
      bitmaps.add(new Bitmap(image, mask));
    }
    return new DetectionSample(
        new PreparedImage(
            new CocoImage(id, "noise", image.width(), image.height(), OptionalInt.empty()),
            image,
            false),
        pixels,
        boxes,
        random.ints(objects, 0, classes).boxed().toList(),
        masks ? bitmaps : List.of());
  }
}
