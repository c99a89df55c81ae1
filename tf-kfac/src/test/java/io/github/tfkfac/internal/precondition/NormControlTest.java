package io.github.tfkfac.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.NormControl.Controlled;
import io.github.tfkfac.extension.StepContext;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class NormControlTest {

  private static final double TOLERANCE = 1e-10;
  private static final Shape FIRST = Shape.of(2, 2, 3);
  private static final Shape SECOND = Shape.of(5, 1);
  private static final double LEARNING_RATE = 0.5;
  private static final long STEP = 3;

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private static double[] direction(int layer) {
    return TestGraph.random(5 + layer, layer == 0 ? 12 : 5);
  }

  private static double[] gradient(int layer) {
    return TestGraph.random(7 + layer, layer == 0 ? 12 : 5);
  }

  /** The directions of two layers and their factors. */
  private List<double[]> controlled(NormControl control, double direction, double gradient) {
    List<Operand<TFloat64>> directions = new ArrayList<>();
    List<Operand<TFloat64>> gradients = new ArrayList<>();
    for (int layer = 0; layer < 2; layer++) {
      Shape shape = layer == 0 ? FIRST : SECOND;
      directions.add(graph.constant(shape, scaled(direction(layer), direction)));
      gradients.add(graph.constant(shape, scaled(gradient(layer), gradient)));
    }
    StepContext context =
        new StepContext(graph.tf.constant(LEARNING_RATE), graph.tf.constant(STEP));
    Controlled<TFloat64> result =
        control.apply(graph.tf, directions, gradients, context, TFloat64.class);
    List<Operand<TFloat64>> all = new ArrayList<>(result.directions());
    result.factors().forEach(factor -> all.add(graph.tf.identity(factor)));
    graph.start();
    return graph.fetch(all);
  }

  @Test
  void recoveryGivesEveryDirectionItsGradientsLength() {
    List<double[]> result = controlled(NormControl.recovery(), 1, 1);
    for (int layer = 0; layer < 2; layer++) {
      double factor = norm(gradient(layer)) / norm(direction(layer));
      assertThat(norm(result.get(layer))).isCloseTo(norm(gradient(layer)), within(TOLERANCE));
      assertThat(result.get(layer))
          .containsExactly(scaled(direction(layer), factor), within(TOLERANCE));
      assertThat(result.get(2 + layer)[0]).isCloseTo(factor, within(TOLERANCE));
    }
  }

  @Test
  void recoveryOfAZeroGradientGivesZero() {
    double[] result = controlled(NormControl.recovery(), 1, 0).get(0);
    assertThat(Arrays.stream(result)).allMatch(entry -> entry == 0);
  }

  @Test
  void recoveryLeavesAZeroDirectionZero() {
    double[] result = controlled(NormControl.recovery(), 0, 1).get(0);
    assertThat(Arrays.stream(result)).allMatch(entry -> entry == 0);
  }

  @Test
  void withoutControlTheDirectionsAreKept() {
    List<double[]> result = controlled(NormControl.none(), 1, 1);
    assertThat(result.get(0)).isEqualTo(direction(0));
    assertThat(result.get(1)).isEqualTo(direction(1));
    assertThat(result.get(3)).containsExactly(1);
  }

  @Test
  void klClipScalesAllLayersAlike() {
    double kappa = 1e-3;
    List<double[]> result = controlled(NormControl.klClip(kappa), 1, 1);
    double nu = Math.sqrt(kappa / (LEARNING_RATE * LEARNING_RATE * change()));
    assertThat(nu).isLessThan(0.5);
    for (int layer = 0; layer < 2; layer++) {
      assertThat(result.get(layer))
          .containsExactly(scaled(direction(layer), nu), within(TOLERANCE));
      assertThat(result.get(2 + layer)[0]).isCloseTo(nu, within(TOLERANCE));
    }
  }

  @Test
  void klClipTakesItsBoundAtTheStepAndTheSizeOfALayersShareNotItsSign() {
    Schedule perStep =
        (tf, step) -> tf.math.mul(tf.constant(1e-4), tf.dtypes.cast(step, TFloat64.class));
    List<double[]> result = controlled(NormControl.klClip(perStep), -1, 1);
    double nu = Math.sqrt(1e-4 * STEP / (LEARNING_RATE * LEARNING_RATE * change()));
    assertThat(result.get(2)[0]).isCloseTo(nu, within(TOLERANCE));
  }

  @Test
  void klClipDoesNotLengthenAStepWithinTheBound() {
    assertThat(controlled(NormControl.klClip(1e-3), 1e-6, 1).get(2)).containsExactly(1);
  }

  @Test
  void klClipOfZeroGradientsIsOne() {
    assertThat(controlled(NormControl.klClip(1e-3), 0, 0).get(2)).containsExactly(1);
  }

  @Test
  void aBoundThatIsNotPositiveIsRejected() {
    assertThatThrownBy(() -> NormControl.klClip(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a KL clip's bound > 0, found 0.0");
  }

  /** Sums up the rows of every direction. */
  private record Rows(boolean hasFactors) implements NormControl {
    @Override
    public <T extends TNumber> Controlled<T> apply(
        Ops tf,
        List<Operand<T>> preconditioned,
        List<Operand<T>> gradients,
        StepContext context,
        Class<T> type) {
      List<Operand<T>> sums = new ArrayList<>();
      preconditioned.forEach(value -> sums.add(tf.reduceSum(value, tf.constant(0))));
      return new Controlled<>(sums, hasFactors ? sums : List.of());
    }
  }

  @Test
  void aControlOfTheUsersThatDoesNotFitIsNamed() {
    TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
    Kfac kfac = new Kfac(graph.graph, KfacOptions.kfac().withNormControl(new Rows(true)));
    assertThatThrownBy(() -> kfac.minimize(mlp.loss))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "expected a direction of shape [4, 4] for 'w1', found [4]; correct"
                + " Rows[hasFactors=true]");
    try (TestGraph<TFloat64> other = TestGraph.float64()) {
      TinyMlp<TFloat64> network = new TinyMlp<>(other);
      Kfac few = new Kfac(other.graph, KfacOptions.kfac().withNormControl(new Rows(false)));
      assertThatThrownBy(() -> few.minimize(network.loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "expected a direction and a factor for each of 2 layers, found 2 and 0; correct"
                  + " Rows[hasFactors=false]");
    }
  }

  private static double change() {
    double sum = 0;
    for (int layer = 0; layer < 2; layer++) {
      double inner = 0;
      for (int i = 0; i < gradient(layer).length; i++) {
        inner += gradient(layer)[i] * direction(layer)[i];
      }
      sum += Math.abs(inner);
    }
    return sum;
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }
}
