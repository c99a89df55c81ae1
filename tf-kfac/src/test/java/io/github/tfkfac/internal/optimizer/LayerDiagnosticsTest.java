package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.tfkfac.DiagnosticsRow;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LayerDiagnostics;
import io.github.tfkfac.Momentum;
import io.github.tfkfac.Quantity;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/** What is said of a small network's layers, against plain numbers. */
class LayerDiagnosticsTest {

  private static final int EXAMPLES = 6;
  private static final int STEPS = 5;

  /** Statistics at steps 0, 2, 4; refreshes at 0, 3: the averages move after a refresh. */
  private static final long STATISTICS = 2;

  private static final long REFRESHES = 3;
  private static final double LAMBDA = 0.1;
  private static final double ROUNDING = 1e-8;

  /** Of what power iteration estimates, in percent. */
  private static final double ESTIMATE = 2;

  private static final int MANY_ROUNDS = 5000;

  /** The state after some steps, and the last step's gradients and updates by layer. */
  private record Run(
      Map<String, Map<Quantity, Double>> found,
      Map<String, List<Double>> variables,
      Map<String, double[]> gradients,
      Map<String, double[]> updates) {

    double of(String layer, Quantity quantity) {
      assertThat(found.get(layer)).containsKey(quantity);
      return found.get(layer).get(quantity);
    }

    double[] state(String layer, String name) {
      return plain(variables.get("kfac/" + layer + "/" + name));
    }
  }

  private static Run run(KfacOptions preset) {
    KfacOptions options = preset.withPeriods(STATISTICS, REFRESHES).withWeightDecay(0);
    options = options.withTraining(given -> given.withRule(new Momentum(0)));
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, options);
      assertThatThrownBy(optimizer::diagnostics)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("minimize");
      Op train = optimizer.minimize(mlp.loss);
      Output<?>[] reads = mlp.reads.stream().map(Operand::asOutput).toArray(Output<?>[]::new);
      List<Operand<?>> gradients = List.of(graph.graph.addGradients(mlp.loss.asOutput(), reads));
      LayerDiagnostics diagnostics = optimizer.diagnostics();
      assertThat(diagnostics.layers()).containsExactly("w1", "w2");
      graph.start();
      mlp.feedBatch(0, EXAMPLES);
      graph.run(train, STEPS - 1);
      Map<String, List<Double>> before = graph.everyVariable();
      List<double[]> gradient = graph.fetch(gradients);
      double[] ofStep = graph.runAndFetch(train, diagnostics.ofStep());
      Map<String, List<Double>> after = graph.everyVariable();
      graph.stopFeeding(mlp.x);
      graph.stopFeeding(mlp.y);
      double[] ofState = graph.fetch(diagnostics.ofState());
      assertThat(graph.everyVariable()).as("measuring changes nothing").isEqualTo(after);
      Map<String, Map<Quantity, Double>> found = new HashMap<>();
      try (TFloat64 first = vector(ofStep);
          TFloat64 second = vector(ofState)) {
        for (DiagnosticsRow row : diagnostics.rows(first, second)) {
          found.put(row.layer(), row.values());
        }
      }
      Map<String, double[]> updates = new HashMap<>();
      for (String name : TinyMlp.VARIABLES) {
        updates.put(name, minus(plain(before.get(name)), plain(after.get(name))));
      }
      return new Run(
          found,
          after,
          Map.of(
              "w1", joined(gradient.get(0), gradient.get(1)),
              "w2", joined(gradient.get(2), gradient.get(3))),
          Map.of(
              "w1", joined(updates.get("w1"), updates.get("b1")),
              "w2", joined(updates.get("w2"), updates.get("b2"))));
    }
  }

  @Test
  void inversesAreComparedWithTheDampedAveragesOfNow() {
    Run run = run(KfacOptions.nkfac().withDamping(Damping.absolute(LAMBDA)));
    for (String layer : List.of("w1", "w2")) {
      double[] a = run.state(layer, "A");
      double[] inverse = run.state(layer, "A_inverse");
      double lambdaMax = largest(a);
      double condition = (lambdaMax + LAMBDA) * largest(inverse);
      assertThat(run.of(layer, Quantity.INPUT_LAMBDA_MAX))
          .isCloseTo(lambdaMax, withinPercentage(ESTIMATE));
      assertThat(run.of(layer, Quantity.INPUT_CONDITION))
          .isCloseTo(condition, withinPercentage(ESTIMATE));
      assertThat(run.of(layer, Quantity.INPUT_RESIDUAL))
          .isPositive()
          .isCloseTo(residual(inverse, a), within(ROUNDING));
      assertThat(run.of(layer, Quantity.OUTPUT_RESIDUAL))
          .isCloseTo(
              residual(run.state(layer, "G_inverse"), run.state(layer, "G")), within(ROUNDING));
      assertThat(run.of(layer, Quantity.CONDITION))
          .isCloseTo(
              run.of(layer, Quantity.INPUT_CONDITION) * run.of(layer, Quantity.OUTPUT_CONDITION),
              withinPercentage(ESTIMATE));
      assertThat(run.of(layer, Quantity.INPUT_AGE)).isEqualTo(1);
      assertThat(run.found().get(layer)).doesNotContainKey(Quantity.INPUT_EXACT_REPAIRS);
      requireCosine(run, layer);
      double[] preconditioned =
          product(
              product(inverse, rowsOf(inverse), run.gradients().get(layer)),
              rowsOf(run.state(layer, "G_inverse")),
              run.state(layer, "G_inverse"));
      assertThat(run.of(layer, Quantity.LENGTH_FACTOR))
          .isCloseTo(
              norm(run.gradients().get(layer)) / norm(preconditioned), withinPercentage(1e-6));
    }
  }

  @Test
  void eigenbasesHaveTheConditionNumberOfTheDampedProduct() {
    Run run = run(KfacOptions.kfac().withDamping(Damping.absolute(LAMBDA)));
    for (String layer : List.of("w1", "w2")) {
      DoubleStream.Builder products = DoubleStream.builder();
      for (double a : run.state(layer, "A_eigenvalues")) {
        for (double g : run.state(layer, "G_eigenvalues")) {
          products.add(a * g + LAMBDA);
        }
      }
      double[] damped = products.build().sorted().toArray();
      assertThat(run.of(layer, Quantity.CONDITION))
          .isGreaterThan(1)
          .isCloseTo(damped[damped.length - 1] / damped[0], within(ROUNDING));
      assertThat(run.of(layer, Quantity.OUTPUT_LAMBDA_MAX))
          .isCloseTo(largest(run.state(layer, "G")), withinPercentage(ESTIMATE));
      assertThat(run.of(layer, Quantity.OUTPUT_AGE)).isEqualTo(1);
      assertThat(run.found().get(layer))
          .doesNotContainKeys(Quantity.INPUT_RESIDUAL, Quantity.INPUT_CONDITION);
      requireCosine(run, layer);
    }
  }

  @Test
  void whatIsNotAveragedIsNotMeasured() {
    Run run = run(KfacOptions.skfac());
    for (String layer : List.of("w1", "w2")) {
      assertThat(run.found().get(layer))
          .containsOnlyKeys(
              Quantity.COSINE, Quantity.LENGTH_FACTOR, Quantity.INPUT_AGE, Quantity.OUTPUT_AGE);
      assertThat(run.of(layer, Quantity.INPUT_AGE)).isEqualTo(1);
      requireCosine(run, layer);
    }
  }

  private static void requireCosine(Run run, String layer) {
    double[] gradient = run.gradients().get(layer);
    double[] update = run.updates().get(layer);
    assertThat(run.of(layer, Quantity.COSINE))
        .isPositive()
        .isCloseTo(inner(update, gradient) / (norm(update) * norm(gradient)), within(1e-6));
  }

  private static double residual(double[] inverse, double[] factor) {
    int order = rowsOf(factor);
    double[] damped = factor.clone();
    for (int i = 0; i < order; i++) {
      damped[i * order + i] += LAMBDA;
    }
    double[] product = product(inverse, order, damped);
    for (int i = 0; i < order; i++) {
      product[i * order + i] -= 1;
    }
    return norm(product);
  }

  private static double largest(double[] matrix) {
    int order = rowsOf(matrix);
    double[] vector = TestGraph.random(1, order);
    double value = 0;
    for (int round = 0; round < MANY_ROUNDS; round++) {
      double length = norm(vector);
      for (int i = 0; i < order; i++) {
        vector[i] /= length;
      }
      vector = product(matrix, order, vector);
      value = norm(vector);
    }
    return value;
  }

  /** A product of row-major matrices of which the first has {@code inner} columns. */
  private static double[] product(double[] a, int inner, double[] b) {
    int rows = a.length / inner;
    int columns = b.length / inner;
    double[] product = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < inner; k++) {
          product[i * columns + j] += a[i * inner + k] * b[k * columns + j];
        }
      }
    }
    return product;
  }

  private static int rowsOf(double[] square) {
    return (int) Math.round(Math.sqrt(square.length));
  }

  private static double inner(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double norm(double[] values) {
    return Math.sqrt(inner(values, values));
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static double[] joined(double[] weight, double[] bias) {
    return DoubleStream.concat(DoubleStream.of(weight), DoubleStream.of(bias)).toArray();
  }

  private static double[] plain(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static TFloat64 vector(double[] values) {
    return TFloat64.tensorOf(
        NdArrays.wrap(Shape.of(values.length), DataBuffers.of(values, false, false)));
  }
}
