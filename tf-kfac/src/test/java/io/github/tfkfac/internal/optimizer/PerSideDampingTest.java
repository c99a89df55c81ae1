package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.DampingContext;
import io.github.tfkfac.extension.FactorPair;
import io.github.tfkfac.extension.FactorScale;
import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** A damping whose two sides differ is added side by side, also to factors of one size. */
class PerSideDampingTest {

  private static final double TOLERANCE = 1e-9;
  private static final int EXAMPLES = 9;
  private static final PowerIteration MANY = new PowerIteration(500);

  /** The damping of A and of G, by a factor's largest eigenvalue. */
  private record Sides(BiFunction<String, Double, Double> of) {}

  /** {@code λ} for A and {@code 10λ} for G, without a look at the factors. */
  private record Tenfold(Schedule strength) implements Damping {

    @Override
    public FactorScale scale() {
      return FactorScale.none();
    }

    @Override
    public boolean couplesFactors() {
      return false;
    }

    @Override
    public Damping withStrength(Schedule other) {
      return new Tenfold(other);
    }

    @Override
    public <T extends TNumber> FactorPair<T> of(
        Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type) {
      Operand<T> damping = tf.dtypes.cast(context.strength(), type);
      return new FactorPair<>(
          tf.math.mul(scales.input(), damping),
          tf.math.mul(scales.output(), tf.math.mul(damping, tf.constant(type, 10))));
    }
  }

  static List<Arguments> dampings() {
    Damping relative =
        Damping.relative(
            new Damping.Relative(0.02, 1e-9, MANY), new Damping.Relative(0.3, 1e-9, MANY));
    Sides tenfold = new Sides((side, largest) -> side.equals("A") ? 0.05 : 0.5);
    Sides shares = new Sides((side, largest) -> (side.equals("A") ? 0.02 : 0.3) * largest);
    Sides floors = new Sides((side, largest) -> side.equals("A") ? 40.0 : 50.0);
    List<Arguments> all = new ArrayList<>();
    for (String preset : List.of("nkfac", "kfacStar", "kfacTikhonov", "skfac")) {
      all.add(Arguments.of(preset, new Tenfold(Schedule.constant(0.05)), tenfold));
      all.add(Arguments.of(preset, relative, shares));
      all.add(
          Arguments.of(
              preset,
              Damping.relative(
                  new Damping.Relative(0.02, 40, MANY), new Damping.Relative(0.3, 50, MANY)),
              floors));
    }
    return all;
  }

  /** A and G of w1 are both of order 4, with the bias, and may share a stack. */
  @ParameterizedTest
  @MethodSource("dampings")
  void everyInverseIsThatOfTheFactorWithItsOwnSidesDamping(
      String preset, Damping damping, Sides sides) {
    KfacOptions options =
        switch (preset) {
          case "nkfac" -> KfacOptions.nkfac();
          case "kfacStar" -> KfacOptions.kfacStar();
          case "kfacTikhonov" -> KfacOptions.kfacTikhonov();
          default -> KfacOptions.skfac();
        };
    boolean averaged = !preset.equals("skfac");
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Op train = new Kfac(graph.graph, options.withDamping(damping)).minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(1, EXAMPLES);
      List<SimpleMatrix> batch = MlpFactors.of(graph, mlp, 1, EXAMPLES);
      graph.run(train);
      List<String> names = MlpFactors.NAMES;
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        SimpleMatrix factor = batch.get(i);
        if (averaged) {
          int order = factor.getNumRows();
          factor = NkfacOracle.matrix(order, order, graph.value("kfac/" + name));
        }
        double largest = factor.svd().getSingleValue(0);
        double added = sides.of().apply(name.substring(3), largest);
        SimpleMatrix damped = factor.plus(SimpleMatrix.identity(factor.getNumRows()).scale(added));
        assertThat(
                Tensors.relativeError(
                    graph.value("kfac/" + name + "_inverse"), NkfacOracle.values(damped.invert())))
            .as("%s with %s: %s", preset, damping, name)
            .isLessThanOrEqualTo(TOLERANCE);
      }
    }
  }

  @Test
  void theStrengthIsThatOfTheInputFactorAndTheOtherFollowsInProportion() {
    Damping damping = Damping.relative(Damping.relative(0.01, 1e-4), Damping.relative(0.04, 1e-3));
    Damping stronger = damping.withStrength(Schedule.constant(0.05));
    assertThat(values(damping)).containsExactly(new double[] {0.03, 0.28}, within(1e-12));
    assertThat(values(stronger)).containsExactly(new double[] {0.15, 1.4}, within(1e-12));
    assertThat(values(stronger.withStrength(Schedule.constant(0.01))))
        .containsExactly(new double[] {0.03, 0.28}, within(1e-12));
  }

  private static double[] values(Damping damping) {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      FactorPair<TFloat64> of =
          damping.of(
              tf,
              new FactorPair<>(tf.constant(3.0), tf.constant(7.0)),
              DampingContext.at(tf, damping, tf.constant(0L)),
              TFloat64.class);
      graph.start();
      List<double[]> found = graph.fetch(List.of(of.input(), of.output()));
      return new double[] {found.get(0)[0], found.get(1)[0]};
    }
  }

  @Test
  void twoWaysToFindTheLargestEigenvalueAreRejected() {
    assertThatThrownBy(
            () ->
                Damping.relative(Damping.relative(0.1, 0.1), new Damping.Relative(0.1, 0.1, MANY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one way to find the largest eigenvalue of both factors");
  }
}
