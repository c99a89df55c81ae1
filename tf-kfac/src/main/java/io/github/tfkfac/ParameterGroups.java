package io.github.tfkfac;

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

  /**
   * The same groups with another weight decay. Groups of the user's keep their learning rate
   * factors, and without weight decay the variables that they exempt from it.
   */
  default ParameterGroups withWeightDecay(Schedule weightDecay) {
    return (name, shape) -> {
      Settings settings = of(name, shape);
      return settings.decays()
          ? new Settings(weightDecay, settings.learningRateFactor())
          : settings;
    };
  }

  /** The same groups with another constant weight decay. */
  default ParameterGroups withWeightDecay(double weightDecay) {
    return withWeightDecay(Settings.decay(weightDecay));
  }

  /** Every variable with the same weight decay. */
  static ParameterGroups uniform(double weightDecay) {
    return uniform(Settings.decay(weightDecay));
  }

  /** Every variable with the same weight decay. */
  static ParameterGroups uniform(Schedule weightDecay) {
    return new Uniform(new Settings(weightDecay, 1));
  }

  /**
   * Weight decay on matrices and kernels only: variables of rank 0 and 1 (biases, normalization
   * scales and offsets) are not decayed.
   */
  static ParameterGroups decayKernelsOnly(double weightDecay) {
    return decayKernelsOnly(Settings.decay(weightDecay));
  }

  /**
   * Weight decay on matrices and kernels only: variables of rank 0 and 1 (biases, normalization
   * scales and offsets) are not decayed.
   */
  static ParameterGroups decayKernelsOnly(Schedule weightDecay) {
    return new KernelsOnly(new Settings(weightDecay, 1));
  }

  /**
   * One group.
   *
   * @param settings of every variable
   */
  record Uniform(Settings settings) implements ParameterGroups {

    @Override
    public Settings of(String name, Shape shape) {
      return settings;
    }

    @Override
    public Uniform withWeightDecay(Schedule weightDecay) {
      return new Uniform(new Settings(weightDecay, settings.learningRateFactor()));
    }
  }

  /**
   * Variables of rank 2 and more, and the others without weight decay.
   *
   * @param kernels of matrices and kernels
   */
  record KernelsOnly(Settings kernels) implements ParameterGroups {

    @Override
    public Settings of(String name, Shape shape) {
      return shape.numDimensions() <= 1 ? new Settings(0, kernels.learningRateFactor()) : kernels;
    }

    @Override
    public KernelsOnly withWeightDecay(Schedule weightDecay) {
      return new KernelsOnly(new Settings(weightDecay, kernels.learningRateFactor()));
    }
  }

  /**
   * Settings of a group.
   *
   * @param weightDecay weight decay as a function of the step, constantly 0 for none
   * @param learningRateFactor multiplier of the optimizer's learning rate
   */
  record Settings(Schedule weightDecay, double learningRateFactor) {

    public Settings {
      if (weightDecay instanceof Constant constant) {
        requireDecay(constant.value());
      }
      if (!(learningRateFactor > 0) || !Double.isFinite(learningRateFactor)) {
        throw new IllegalArgumentException(
            "expected a learning rate factor > 0, found " + learningRateFactor);
      }
    }

    /** The same weight decay at every step. */
    public Settings(double weightDecay, double learningRateFactor) {
      this(decay(weightDecay), learningRateFactor);
    }

    /** Whether there is any weight decay. */
    public boolean decays() {
      return !(weightDecay instanceof Constant constant && constant.value() == 0);
    }

    private static Schedule decay(double value) {
      requireDecay(value);
      return Schedule.constant(value);
    }

    private static void requireDecay(double value) {
      if (!(value >= 0) || !Double.isFinite(value)) {
        throw new IllegalArgumentException("expected weight decay >= 0, found " + value);
      }
    }
  }
}
