package io.github.tfkfac.models.data;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Labeled color images drawn by the program: one flat shape each, on a shaded, noisy background
 * with stray lines. No file is needed.
 *
 * <p>Place, size, rotation, stretch, colors and which of shape and background is brighter are drawn
 * at random, so that no single pixel tells the class: a linear classifier of the pixels fails while
 * a convolutional network learns the shapes. Image i depends on the seed, the size and i alone; the
 * classes are balanced. The bytes may differ between Java releases.
 */
public final class GeneratedImages {

  private static final int CHANNELS = 3;

  private GeneratedImages() {}

  /** Images of all ten classes. */
  public static ImageDataset of(int count, int height, int width, long seed) {
    return of(count, height, width, seed, ShapeClass.ALL.size());
  }

  /**
   * Images of the first {@code classes} classes.
   *
   * @param count number of images
   * @param height rows of each image, at least 8
   * @param width columns of each image, at least 8
   * @param seed chooses the images; other seeds give other images of the same classes
   * @param classes 2 to 10
   */
  public static ImageDataset of(int count, int height, int width, long seed, int classes) {
    List<ShapeClass> all = ShapeClass.ALL;
    if (count <= 0 || height < 8 || width < 8) {
      throw new IllegalArgumentException(
          "expected at least 1 generated image of at least 8 x 8 pixels, found "
              + count
              + " of "
              + height
              + " x "
              + width);
    }
    if (classes < 2 || classes > all.size()) {
      throw new IllegalArgumentException(
          "expected 2 to " + all.size() + " classes of generated images, found " + classes);
    }
    ImageShape shape = new ImageShape(height, width, CHANNELS);
    if ((long) count * shape.valueCount() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "expected less than 2^31 values in all generated images, found "
              + count
              + " images "
              + shape
              + "; ask for fewer");
    }
    byte[] pixels = new byte[count * shape.valueCount()];
    int[] labels = new int[count];
    IntStream.range(0, count)
        .parallel()
        .forEach(
            i -> {
              labels[i] = label(i, seed, classes);
              RandomGenerator random = KeyedRandom.of(KeyedRandom.Use.IMAGE, seed, i);
              new ShapePicture(all.get(labels[i]), height, width, random)
                  .draw(pixels, i * shape.valueCount());
            });
    return ImageDataset.owning(
        "generated shapes (seed " + seed + ")",
        shape,
        all.stream().limit(classes).map(ShapeClass::name).toList(),
        pixels,
        labels);
  }

  /** Each run of {@code classes} images holds every class once, in a drawn order. */
  private static int label(int image, long seed, int classes) {
    RandomGenerator random = KeyedRandom.of(KeyedRandom.Use.LABEL, seed, classes, image / classes);
    return Order.Shuffle.permutation(classes, random)[image % classes];
  }
}
