package io.github.tfkfac.models.data;

import java.util.random.RandomGenerator;

/**
 * Samples whose binary targets come from a random linear network of one layer: {@code t = sign(w ·
 * x)} with x and w standard normal. Samples of one seed share w; sample i depends on the seed, the
 * number of inputs and i alone.
 *
 * <p>Source: the planted targets of "Two-level K-FAC preconditioning for deep learning" (Tselepidis
 * et al., 2020, section 4): 10 inputs, 25,000 training and 2,500 test samples.
 *
 * <p><i>Shapes</i>: inputs {@code [size, width]} row by row, targets {@code [size, 1]}, −1 or 1.
 * <i>Numerics</i>: the numbers may differ between Java releases.
 */
public final class PlantedTargets {

  private static final int WIDTH = 10;
  private static final int TRAIN = 25_000;
  private static final int TEST = 2_500;

  private PlantedTargets() {}

  /** The paper's training samples. */
  public static Samples train(long seed) {
    return draw(WIDTH, 0, TRAIN, seed);
  }

  /** The paper's test samples: none of the training samples, the same w. */
  public static Samples test(long seed) {
    return draw(WIDTH, TRAIN, TEST, seed);
  }

  /** The samples {@code first} to {@code first + count - 1} of {@code width} inputs each. */
  public static Samples draw(int width, int first, int count, long seed) {
    if (width <= 0 || first < 0 || count <= 0) {
      throw new IllegalArgumentException(
          String.format(
              "expected at least one input, a first sample >= 0 and at least one sample, found %d,"
                  + " %d and %d",
              width, first, count));
    }
    double[] weights = normal(width, KeyedRandom.of(KeyedRandom.Use.PLANTED_WEIGHTS, seed, width));
    float[] inputs = new float[Math.multiplyExact(width, count)];
    float[] targets = new float[count];
    for (int i = 0; i < count; i++) {
      double[] sample =
          normal(width, KeyedRandom.of(KeyedRandom.Use.SAMPLE, seed, width, first + i));
      double product = 0;
      for (int k = 0; k < width; k++) {
        inputs[i * width + k] = (float) sample[k];
        product += weights[k] * inputs[i * width + k];
      }
      targets[i] = product < 0 ? -1 : 1;
    }
    return Samples.owning(width, inputs, 1, targets);
  }

  private static double[] normal(int count, RandomGenerator random) {
    double[] values = new double[count];
    for (int k = 0; k < count; k++) {
      values[k] = random.nextGaussian();
    }
    return values;
  }
}
