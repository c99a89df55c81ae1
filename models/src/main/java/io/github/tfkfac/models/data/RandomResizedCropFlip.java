package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;

/**
 * The usual ImageNet augmentation: a part of the image of random area and shape at a random place,
 * resized to the data set's size, and mirrored left to right with probability one half.
 *
 * <p>The area is uniform from {@code leastArea} to 1 of the image's, width over height is
 * log-uniform from 3/4 to 4/3. A part that does not fit is drawn again, ten times at most; then the
 * largest part in the middle with an allowed shape is taken. Source: Szegedy et al., "Going deeper
 * with convolutions", 2015, section 6.
 *
 * @param leastArea smallest area in parts of the image's
 */
public record RandomResizedCropFlip(double leastArea) implements Augmentation {

  /** The smallest area of Szegedy et al. */
  public static final double IMAGENET_LEAST_AREA = 0.08;

  private static final double WIDEST = 4.0 / 3;
  private static final int ATTEMPTS = 10;

  public RandomResizedCropFlip {
    if (!(leastArea > 0 && leastArea <= 1)) {
      throw new IllegalArgumentException(
          "expected a smallest area above 0 and up to 1 of the image's, found " + leastArea);
    }
  }

  /** Areas from 0.08 on. */
  public static RandomResizedCropFlip imageNet() {
    return new RandomResizedCropFlip(IMAGENET_LEAST_AREA);
  }

  @Override
  public byte[] view(ImageDataset data, int image, RandomGenerator random) {
    return data.region(image, (height, width) -> region(height, width, random));
  }

  @Override
  public void apply(
      float[] image, ImageShape shape, RandomGenerator random, float[] target, int offset) {
    new RandomCropFlip(0).apply(image, shape, random, target, offset);
  }

  Region region(int height, int width, RandomGenerator random) {
    double logWidest = Math.log(WIDEST);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = (leastArea + (1 - leastArea) * random.nextDouble()) * height * width;
      double shape = Math.exp(logWidest * (2 * random.nextDouble() - 1));
      double cropWidth = Math.sqrt(area * shape);
      double cropHeight = Math.sqrt(area / shape);
      if (cropWidth <= width && cropHeight <= height) {
        return new Region(
            random.nextDouble() * (height - cropHeight),
            random.nextDouble() * (width - cropWidth),
            cropHeight,
            cropWidth);
      }
    }
    double cropWidth = Math.min(width, height * WIDEST);
    double cropHeight = Math.min(height, width * WIDEST);
    return new Region((height - cropHeight) / 2, (width - cropWidth) / 2, cropHeight, cropWidth);
  }
}
