package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TNumber;

/**
 * {@link BatchNorm} as in inference, in every mode: normalizes by the moving averages and never
 * changes them.
 *
 * <p><i>Shapes</i>: input and output {@code [N, H, W, C]}; parameters as those of {@link
 * BatchNorm}.
 *
 * @param affine whether gamma and beta are trained
 * @param epsilon added to the variance
 * @param scale initial gamma
 */
public record FixedBatchNorm(Affine affine, double epsilon, Initializer scale) implements Layer {

  /** Usual epsilon. */
  public static final double DEFAULT_EPSILON = 1e-5;

  /** Trainability of scale and shift. */
  public enum Affine {
    FIXED,
    TRAINED
  }

  public FixedBatchNorm {
    Checks.atLeastZero("epsilon of FixedBatchNorm", epsilon);
  }

  /** Epsilon 1e-5, gamma initially 1. */
  public FixedBatchNorm(Affine affine) {
    this(affine, DEFAULT_EPSILON, Initializer.ones());
  }

  /** The same with other initial values of the scale. */
  public FixedBatchNorm withScale(Initializer newScale) {
    return new FixedBatchNorm(affine, epsilon, newScale);
  }

  @Override
  public <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> input) {
    Shape channels = Shape.of(Checks.shape(context, input, 4).get(3));
    LayerContext<T> affineContext = affine == Affine.FIXED ? context.frozen() : context;
    Operand<T> mean = fixed(context, "moving_mean", channels, Initializer.zeros());
    Operand<T> variance = fixed(context, "moving_variance", channels, Initializer.ones());
    Operand<T> gamma = affineContext.trainable("gamma", channels, new Axes.PerChannel(), scale);
    Operand<T> beta =
        affineContext.trainable("beta", channels, new Axes.PerChannel(), Initializer.zeros());
    Normalization<T> normalization =
        context.type().equals(TFloat32.class)
            ? new FusedNormalization<>(context, gamma, beta, (float) epsilon)
            : new ComposedNormalization<>(context, gamma, beta, epsilon);
    return normalization.byMoments(input, mean, variance);
  }

  private static <T extends TNumber> Operand<T> fixed(
      LayerContext<T> context, String name, Shape channels, Initializer initializer) {
    return context
        .tf()
        .stopGradient(
            context.tf().identity(context.statistic(name, channels, initializer).variable()));
  }
}
