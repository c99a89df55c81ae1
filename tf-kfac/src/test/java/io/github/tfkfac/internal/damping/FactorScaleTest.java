package io.github.tfkfac.internal.damping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.extension.FactorScale;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.internal.linalg.LowRank;
import io.github.tfkfac.testing.DenseFactors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class FactorScaleTest {

  private static final double TOLERANCE = 1e-9;
  private static final long SEED = 60;
  private static final List<FactorScale> SCALES =
      List.of(
          FactorScale.largestEigenvalue(new PowerIteration(200)),
          FactorScale.meanEigenvalue(),
          FactorScale.none());

  static Stream<FactorStructure> structures() {
    return Stream.of(
        new FactorStructure.Full(4),
        new FactorStructure.Stack(3, 2),
        new FactorStructure.Blocks(5, 2),
        new FactorStructure.Blocks(2, 7),
        new FactorStructure.Diagonal(3),
        new FactorStructure.Identity(3));
  }

  @ParameterizedTest
  @MethodSource("structures")
  void scalesAreThoseOfTheDenseMatrices(FactorStructure structure) {
    double[] first = DenseFactors.random(structure, SEED);
    double[] second = DenseFactors.random(structure, SEED + 1);
    List<double[]> actual;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> one = graph.constant(structure.shape(), first);
      Operand<TFloat64> both =
          graph.tf.stack(List.of(one, graph.constant(structure.shape(), second)));
      List<Operand<TFloat64>> scales = new ArrayList<>();
      for (FactorScale scale : SCALES) {
        scales.add(scale.of(graph.tf, structure, one));
        scales.add(scale.of(graph.tf, structure, both));
      }
      graph.start();
      actual = graph.fetch(scales);
    }
    for (int i = 0; i < SCALES.size(); i++) {
      double[] ofFirst = expected(structure, first)[i];
      double[] ofBoth =
          DoubleStream.concat(
                  DoubleStream.of(ofFirst), DoubleStream.of(expected(structure, second)[i]))
              .toArray();
      assertThat(actual.get(2 * i))
          .as("%s, seed %d", SCALES.get(i), SEED)
          .containsExactly(ofFirst, within(TOLERANCE));
      assertThat(actual.get(2 * i + 1)).containsExactly(ofBoth, within(TOLERANCE));
    }
  }

  /** Largest eigenvalues, mean eigenvalues and ones, by EJML. */
  private static double[][] expected(FactorStructure structure, double[] values) {
    int groups = structure instanceof FactorStructure.Stack stack ? stack.count() : 1;
    double[][] all = new double[3][groups];
    for (int group = 0; group < groups; group++) {
      SimpleMatrix dense = DenseFactors.dense(structure, values, group);
      all[0][group] = dense.svd().getSingleValue(0);
      all[1][group] = dense.trace() / structure.size();
      all[2][group] = 1;
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("structures")
  void dampingIsAddedToTheDiagonalOfEachMatrix(FactorStructure structure) {
    double[] factor = DenseFactors.random(structure, SEED);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> one = graph.constant(structure.shape(), factor);
      Operand<TFloat64> both = graph.tf.stack(List.of(one, one));
      Operand<TFloat64> scale = FactorScale.meanEigenvalue().of(graph.tf, structure, both);
      Operand<TFloat64> damped = DampedFactor.of(graph.tf, structure, both, scale);
      graph.start();
      double[] values = Arrays.copyOf(graph.fetch(damped), factor.length);
      assertThat(damped.shape()).isEqualTo(both.shape());
      int groups = structure instanceof FactorStructure.Stack stack ? stack.count() : 1;
      for (int group = 0; group < groups; group++) {
        SimpleMatrix dense = DenseFactors.dense(structure, factor, group);
        double added =
            structure instanceof FactorStructure.Identity ? 0 : dense.trace() / structure.size();
        SimpleMatrix expected = dense.plus(SimpleMatrix.identity(structure.size()).scale(added));
        SimpleMatrix actual = DenseFactors.dense(structure, values, group);
        assertThat(actual.minus(expected).elementMaxAbs()).isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void fillingRowsOfBlocksBecomeTheDamping() {
    FactorStructure blocks = new FactorStructure.Blocks(1, 2);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> damped =
          DampedFactor.of(
              graph.tf, blocks, graph.constant(blocks.shape(), 3, 0, 0, 0), graph.tf.constant(0.5));
      graph.start();
      assertThat(graph.fetch(damped)).containsExactly(3.5, 0, 0, 0.5);
    }
  }

  @Test
  void scalesOfALowRankFactorAreThoseOfItsProduct() {
    double[] values = TestGraph.random(SEED, 2 * 4 * 3);
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> u = graph.constant(Shape.of(2, 4, 3), values);
      Operand<TFloat64> dense = LowRank.dense(graph.tf, u);
      List<Operand<TFloat64>> scales = new ArrayList<>();
      for (FactorScale scale : SCALES) {
        scales.add(scale.ofLowRank(graph.tf, u));
        scales.add(scale.of(graph.tf, new FactorStructure.Stack(2, 4), dense));
      }
      graph.start();
      List<double[]> actual = graph.fetch(scales);
      for (int i = 0; i < SCALES.size(); i++) {
        assertThat(actual.get(2 * i))
            .as("%s", SCALES.get(i))
            .containsExactly(actual.get(2 * i + 1), within(TOLERANCE));
      }
    }
  }
}
