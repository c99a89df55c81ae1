package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;

/**
 * The usual CIFAR augmentation: pad with zeros on every side, crop a window of the original size at
 * a uniformly drawn place, mirror left to right with probability one half.
 *
 * <p>Zeros are those of the scaled image. Source: He et al., "Deep Residual Learning for Image
 * Recognition", 2016, section 4.2 (padding 4).
 *
 * @param padding rows and columns of zeros on each side
 */
public record RandomCropFlip(int padding) implements Augmentation {

  /** The padding of the CIFAR experiments of He et al. */
  public static final int CIFAR_PADDING = 4;

  public RandomCropFlip {
    if (padding < 0) {
      throw new IllegalArgumentException("expected padding >= 0 for a crop, found " + padding);
    }
  }

  /** Padding 4. */
  public static RandomCropFlip cifar() {
    return new RandomCropFlip(CIFAR_PADDING);
  }

  @Override
  public void apply(
      float[] image, ImageShape shape, RandomGenerator random, float[] target, int offset) {
    int down = random.nextInt(2 * padding + 1) - padding;
    int right = random.nextInt(2 * padding + 1) - padding;
    boolean flip = random.nextBoolean();
    int width = shape.width();
    int channels = shape.channels();
    int at = offset;
    for (int row = 0; row < shape.height(); row++) {
      int sourceRow = row + down;
      boolean rowInside = sourceRow >= 0 && sourceRow < shape.height();
      for (int column = 0; column < width; column++) {
        int sourceColumn = (flip ? width - 1 - column : column) + right;
        boolean inside = rowInside && sourceColumn >= 0 && sourceColumn < width;
        int source = (sourceRow * width + sourceColumn) * channels;
        for (int c = 0; c < channels; c++) {
          target[at++] = inside ? image[source + c] : 0f;
        }
      }
    }
  }
}
