package io.github.tfkfac.update;

import org.tensorflow.ndarray.Shape;

/** Decides per variable how it is decayed and how fast it learns. */
@FunctionalInterface
public interface ParameterGroups {

  /**
   * The settings of a variable.
   *
   * @param name the variable's name in the graph
   * @param shape the variable's shape
   */
  Settings of(String name, Shape shape);

  /** Every variable with the same weight decay. */
  static ParameterGroups uniform(double weightDecay) {
    Settings settings = new Settings(weightDecay, 1);
    return (name, shape) -> settings;
  }

  /**
   * Weight decay on matrices and kernels only: variables of rank 0 and 1 (biases, normalisation
   * scales and offsets) are not decayed.
   */
  static ParameterGroups decayKernelsOnly(double weightDecay) {
    Settings kernels = new Settings(weightDecay, 1);
    Settings vectors = new Settings(0, 1);
    return (name, shape) -> shape.numDimensions() <= 1 ? vectors : kernels;
  }

  /**
   * What a group prescribes.
   *
   * @param weightDecay weight decay, 0 for none
   * @param learningRateFactor multiplier of the optimizer's learning rate
   */
  record Settings(double weightDecay, double learningRateFactor) {

    public Settings {
      if (!(weightDecay >= 0) || !Double.isFinite(weightDecay)) {
        throw new IllegalArgumentException("expected weight decay >= 0, found " + weightDecay);
      }
      if (!(learningRateFactor > 0) || !Double.isFinite(learningRateFactor)) {
        throw new IllegalArgumentException(
            "expected a learning rate factor > 0, found " + learningRateFactor);
      }
    }
  }
}
