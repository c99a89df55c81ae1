package io.github.tfkfac.internal.update;

import io.github.tfkfac.Folding;
import io.github.tfkfac.Muon;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.internal.linalg.NewtonSchulz;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Muon's step of a matrix or kernel.
 *
 * @param options what Muon is told
 */
public record MuonRule(Muon options) implements UpdateRule {

  /** Root mean square of AdamW's steps with the usual constants (Liu et al. 2025). */
  private static final double ADAMW_RMS = 0.2;

  /** Whether a variable is a matrix or kernel with more than one row and column. */
  public static boolean isMatrix(Shape shape) {
    return Axes.of(shape, Folding.MATRIX).numDimensions() == 2;
  }

  @Override
  public List<String> slots() {
    return List.of("momentum");
  }

  @Override
  public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
    Shape shape = context.weight().shape();
    Shape folded = Axes.of(shape, Folding.MATRIX);
    Operand<T> gradient = context.direction();
    Operand<T> average =
        Moments.average(tf, context, context.slot(0), gradient, options.momentum());
    Operand<T> matrix = Axes.reshaped(tf, ahead(tf, context, average), folded);
    boolean isLowered = options.iteration() == Muon.Iteration.BFLOAT16;
    Operand<T> orthogonal = new NewtonSchulz(options.steps(), isLowered).orthogonalized(tf, matrix);
    Operand<T> length = context.constant(length((double) folded.get(0), (double) folded.get(1)));
    Operand<T> change = tf.math.mul(orthogonal, tf.math.mul(context.learningRate(), length));
    Operand<T> weight = tf.math.sub(context.decayedWeight(tf), Axes.reshaped(tf, change, shape));
    return new Result<>(weight, List.of(average));
  }

  private <T extends TNumber> Operand<T> ahead(Ops tf, Context<T> context, Operand<T> average) {
    double mu = options.momentum();
    Operand<T> gradient = context.direction();
    return switch (options.form()) {
      case HEAVY_BALL -> average;
      case NESTEROV -> Moments.average(tf, context, average, gradient, mu);
      case CORRECTED_NESTEROV -> {
        Operand<T> next = tf.math.div(average, Moments.biasCorrection(context, mu, 2));
        Operand<T> current = tf.math.div(gradient, Moments.biasCorrection(context, mu));
        yield Moments.average(tf, context, next, current, mu);
      }
    };
  }

  private double length(double inputs, double outputs) {
    return switch (options.length()) {
      case JORDAN -> Math.sqrt(Math.max(1, outputs / inputs));
      case ADAMW_RMS -> ADAMW_RMS * Math.sqrt(Math.max(inputs, outputs));
      case ONE -> 1;
    };
  }
}
