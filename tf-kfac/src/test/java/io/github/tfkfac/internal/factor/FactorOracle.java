package io.github.tfkfac.internal.factor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Rows of layers by plain loops, and the check of what a graph's layers are captured as.
 *
 * <p>Every loss is {@code Σ ½ tanh(y)²} over the entries of the outputs, whose derivative {@link
 * #slope} is known.
 */
final class FactorOracle {

  private FactorOracle() {}

  /**
   * What a layer's factors are made of.
   *
   * @param inputs a row per use, example and position, without the 1 of a bias
   * @param gradients of the layer's outputs, a row for each of these
   * @param examples in the batch
   * @param bias whether the layer has one
   * @param blocks number of groups or channels that are layers of their own; row {@code r} belongs
   *     to block {@code r % blocks}
   */
  record Rows(
      List<double[]> inputs, List<double[]> gradients, int examples, boolean bias, int blocks) {

    static Rows of(int examples, boolean bias) {
      return ofBlocks(examples, bias, 1);
    }

    static Rows ofBlocks(int examples, boolean bias, int blocks) {
      return new Rows(new ArrayList<>(), new ArrayList<>(), examples, bias, blocks);
    }

    void add(double[] input, double[] gradient) {
      inputs.add(input);
      gradients.add(gradient);
    }
  }

  /** Derivative of {@code ½ tanh(y)²}. */
  static double slope(double y) {
    double t = Math.tanh(y);
    return t * (1 - t * t);
  }

  static double[] slopes(double[] y) {
    double[] result = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      result[i] = slope(y[i]);
    }
    return result;
  }

  /** The loss of an output. */
  static <T extends TNumber> Operand<T> loss(TestGraph<T> graph, Operand<T> output) {
    return graph.halfSquare(graph.tf.math.tanh(output));
  }

  /** {@code x W}, the matrix row after row. */
  static double[] times(double[] x, double[] matrix) {
    int columns = matrix.length / x.length;
    double[] result = new double[columns];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < columns; j++) {
        result[j] += x[i] * matrix[i * columns + j];
      }
    }
    return result;
  }

  /** {@code x Wᵀ}. */
  static double[] timesTransposed(double[] x, double[] matrix) {
    double[] result = new double[matrix.length / x.length];
    for (int i = 0; i < matrix.length; i++) {
      result[i / x.length] += x[i % x.length] * matrix[i];
    }
    return result;
  }

  static double[] plus(double[] a, double[] b) {
    double[] result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i] + b[i];
    }
    return result;
  }

  static double[] scaled(double factor, double[] a) {
    double[] result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = factor * a[i];
    }
    return result;
  }

  /** A vector with zeros before and behind it. */
  static double[] padded(double[] values, int before, int length) {
    double[] result = new double[length];
    System.arraycopy(values, 0, result, before, values.length);
    return result;
  }

  /** Captures the layers of a loss, starts the graph and compares all that they are made of. */
  static <T extends TNumber> void check(
      TestGraph<T> graph, Operand<T> loss, Map<String, Rows> expected, double tolerance) {
    check(graph, loss, expected, tolerance, true);
  }

  /** The same but for the gradient, which the machine may not be able to compute. */
  static <T extends TNumber> void checkFactors(
      TestGraph<T> graph, Operand<T> loss, Map<String, Rows> expected, double tolerance) {
    check(graph, loss, expected, tolerance, false);
  }

  private static <T extends TNumber> void check(
      TestGraph<T> graph,
      Operand<T> loss,
      Map<String, Rows> expected,
      double tolerance,
      boolean gradient) {
    CapturedLayers<T> layers = new CapturedLayers<>(graph, loss);
    Map<String, List<Operand<T>>> built = new LinkedHashMap<>();
    for (Tap<T> tap : layers.taps) {
      SecondMoments<T> moments = FullMoments.of(graph.tf, tap);
      built.put(
          tap.site().name(),
          List.of(
              moments.inputSum(),
              moments.gradientSum(),
              moments.rows(),
              moments.examples(),
              layers.weightGradient(tap.site())));
    }
    assertThat(built.keySet()).isEqualTo(expected.keySet());
    graph.start();
    for (Tap<T> tap : layers.taps) {
      Rows rows = expected.get(tap.site().name());
      String name = tap.site().name();
      assertThat(tap.site().bias().isPresent()).as("bias of %s", name).isEqualTo(rows.bias());
      List<double[]> found = graph.fetch(built.get(name).subList(0, gradient ? 5 : 4));
      double[][] inputs = rows.inputs().toArray(new double[0][]);
      double[][] full = rows.bias() ? BruteForce.withOne(inputs) : inputs;
      double[][] gradients = rows.gradients().toArray(new double[0][]);
      assertThat(found.get(2))
          .as("rows of %s", name)
          .containsExactly((double) full.length / rows.blocks());
      assertThat(found.get(3)).as("examples of %s", name).containsExactly(rows.examples());
      double[] gram = products(full, full, rows.blocks());
      boolean diagonal = tap.site().inputStructure() instanceof FactorStructure.Diagonal;
      close(name + ": input factor", found.get(0), diagonal ? diagonal(gram) : gram, tolerance);
      close(
          name + ": gradient factor",
          found.get(1),
          products(gradients, gradients, rows.blocks()),
          tolerance);
      if (gradient) {
        close(
            name + ": gradient", found.get(4), products(full, gradients, rows.blocks()), tolerance);
      }
    }
  }

  private static void close(String what, double[] found, double[] expected, double tolerance) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    assertThat(Tensors.relativeError(found, expected)).as(what).isLessThan(tolerance);
  }

  private static double[] diagonal(double[] matrix) {
    int size = (int) Math.sqrt(matrix.length);
    return IntStream.range(0, size).mapToDouble(i -> matrix[i * size + i]).toArray();
  }

  /** {@code Σ xᵀg} of every block. */
  private static double[] products(double[][] x, double[][] g, int blocks) {
    int columns = g[0].length;
    int size = x[0].length * columns;
    double[] sums = new double[blocks * size];
    for (int r = 0; r < x.length; r++) {
      for (int k = 0; k < size; k++) {
        sums[r % blocks * size + k] += x[r][k / columns] * g[r][k % columns];
      }
    }
    return sums;
  }
}
