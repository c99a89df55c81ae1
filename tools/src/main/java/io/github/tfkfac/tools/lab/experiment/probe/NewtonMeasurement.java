package io.github.tfkfac.tools.lab.experiment.probe;

import io.github.tfkfac.NewtonStep;
import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.StepRule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.linalg.Matrices;
import io.github.tfkfac.internal.linalg.Residual;
import io.github.tfkfac.tools.run.OptimizerSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The quantities of a Newton refresh of one inverse, M being the damped factor at the refresh, B
 * the inverse before it and B' after it.
 *
 * @param name of the factor
 * @param before B, to be fed
 * @param now B'
 * @param quantities by name: {@link NewtonProbe#BEFORE} {@code ‖I − BM‖}, {@link NewtonProbe#AFTER}
 *     {@code ‖I − B'M‖}, {@link NewtonProbe#FULL_STEP} 1 where the run's rule takes the full step
 *     from B, {@link NewtonProbe#ALPHA} {@code 1/‖BM‖}, {@link NewtonProbe#BEST_ALPHA} α*, and the
 *     residuals that one step from B with either rule leaves: {@link NewtonProbe#AFTER_ALPHA},
 *     {@link NewtonProbe#AFTER_BEST_ALPHA}
 */
record NewtonMeasurement(
    String name,
    Placeholder<TFloat32> before,
    Operand<TFloat32> now,
    Map<String, Operand<TFloat32>> quantities) {

  private static final double DAMPING_FLOOR = 1e-4;
  private static final int POWER_ITERATIONS = 10;

  /** Adds the measurement to the graph. */
  static NewtonMeasurement build(
      Ops tf,
      String name,
      GraphVariable<?> factor,
      GraphVariable<?> inverse,
      OptimizerSettings settings) {
    Operand<TFloat32> now = typed(inverse).read(tf);
    Placeholder<TFloat32> before =
        tf.placeholder(TFloat32.class, Placeholder.shape(inverse.shape()));
    Operand<TFloat32> stored = typed(factor).read(tf);
    Damping damping =
        new Damping.Relative(
            settings.dampingShare(), DAMPING_FLOOR, new PowerIteration(POWER_ITERATIONS));
    Operand<TFloat32> damped =
        Matrices.addToDiagonal(tf, stored, damping.of(tf, stored, TFloat32.class));
    NewtonStep<TFloat32> byNorm = StepRule.inverseNorm().step(tf, damped, before);
    NewtonStep<TFloat32> bySearch = StepRule.exactLineSearch().step(tf, damped, before);
    Map<String, Operand<TFloat32>> quantities = new LinkedHashMap<>();
    quantities.put(NewtonProbe.BEFORE, Residual.norm(tf, damped, before));
    quantities.put(NewtonProbe.AFTER, Residual.norm(tf, damped, now));
    quantities.put(
        NewtonProbe.FULL_STEP,
        tf.dtypes.cast(
            rule(settings.stepRule()).step(tf, damped, before).fullStep(), TFloat32.class));
    quantities.put(NewtonProbe.ALPHA, alpha(tf, damped, before));
    quantities.put(NewtonProbe.BEST_ALPHA, bestAlpha(tf, damped, before));
    quantities.put(NewtonProbe.AFTER_ALPHA, Residual.norm(tf, damped, byNorm.inverse()));
    quantities.put(NewtonProbe.AFTER_BEST_ALPHA, Residual.norm(tf, damped, bySearch.inverse()));
    quantities.replaceAll((quantity, value) -> mean(tf, value));
    return new NewtonMeasurement(name, before, now, quantities);
  }

  /** The columns of the quantities, in their order. */
  List<String> columns() {
    return quantities.keySet().stream().map(quantity -> name + "/" + quantity).toList();
  }

  private static StepRule rule(String name) {
    return switch (name) {
      case "line-search" -> StepRule.exactLineSearch();
      case "spectral-guard" -> StepRule.spectralGuard();
      default -> StepRule.inverseNorm();
    };
  }

  private static Operand<TFloat32> alpha(
      Ops tf, Operand<TFloat32> matrix, Operand<TFloat32> inverse) {
    return tf.math.divNoNan(
        tf.constant(1f), Matrices.frobeniusNorm(tf, Matrices.multiply(tf, inverse, matrix)));
  }

  private static Operand<TFloat32> bestAlpha(
      Ops tf, Operand<TFloat32> matrix, Operand<TFloat32> inverse) {
    Operand<TFloat32> product = Matrices.multiply(tf, matrix, inverse);
    Operand<TFloat32> residual = Matrices.identityMinus(tf, product);
    Operand<TFloat32> change = Matrices.multiply(tf, product, residual);
    return tf.math.divNoNan(
        Matrices.innerProduct(tf, residual, change), Matrices.innerProduct(tf, change, change));
  }

  /** Of a stack of factors the mean. */
  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return tf.math.mean(tf.reshape(value, tf.constant(new int[] {-1})), tf.constant(0));
  }

  @SuppressWarnings("unchecked") // classifiers are trained in float32
  private static GraphVariable<TFloat32> typed(GraphVariable<?> variable) {
    return (GraphVariable<TFloat32>) variable;
  }
}
