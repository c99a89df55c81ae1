package io.github.tfkfac.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.testing.DenseFactors;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class FactorProductTest {

  private static final double TOLERANCE = 1e-12;
  private static final long SEED = 40;
  private static final int INPUTS = 5;
  private static final int OUTPUTS = 4;

  private TestGraph<TFloat64> graph;

  @BeforeEach
  void open() {
    graph = TestGraph.float64();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  static Stream<Arguments> structures() {
    return Stream.of(
        Arguments.of(1, new FactorStructure.Full(INPUTS), new FactorStructure.Full(OUTPUTS)),
        Arguments.of(1, new FactorStructure.Blocks(INPUTS, 2), new FactorStructure.Full(OUTPUTS)),
        Arguments.of(
            1, new FactorStructure.Blocks(INPUTS, 3), new FactorStructure.Blocks(OUTPUTS, 3)),
        Arguments.of(1, new FactorStructure.Full(INPUTS), new FactorStructure.Blocks(OUTPUTS, 2)),
        Arguments.of(
            1, new FactorStructure.Blocks(INPUTS, 9), new FactorStructure.Blocks(OUTPUTS, 1)),
        Arguments.of(1, new FactorStructure.Diagonal(INPUTS), new FactorStructure.Full(OUTPUTS)),
        Arguments.of(
            1, new FactorStructure.Identity(INPUTS), new FactorStructure.Diagonal(OUTPUTS)),
        Arguments.of(1, new FactorStructure.Full(INPUTS), new FactorStructure.Identity(OUTPUTS)),
        Arguments.of(
            3, new FactorStructure.Stack(3, INPUTS), new FactorStructure.Stack(3, OUTPUTS)),
        Arguments.of(
            3, new FactorStructure.Stack(3, INPUTS), new FactorStructure.Identity(OUTPUTS)),
        Arguments.of(
            3, new FactorStructure.Diagonal(INPUTS), new FactorStructure.Stack(3, OUTPUTS)),
        Arguments.of(
            3, new FactorStructure.Diagonal(3 * INPUTS), new FactorStructure.Stack(3, OUTPUTS)),
        Arguments.of(
            3,
            new FactorStructure.Identity(3 * INPUTS),
            new FactorStructure.Diagonal(3 * OUTPUTS)));
  }

  @ParameterizedTest
  @MethodSource("structures")
  void bothProductsEqualThoseOfTheDenseMatrices(
      int groups, FactorStructure input, FactorStructure output) {
    double[] a = DenseFactors.random(input, SEED);
    double[] g = DenseFactors.random(output, SEED + 1);
    double[] gradient = TestGraph.random(SEED + 2, (long) groups * INPUTS * OUTPUTS);
    Shape shape = groups == 1 ? Shape.of(INPUTS, OUTPUTS) : Shape.of(groups, INPUTS, OUTPUTS);
    Operand<TFloat64> left =
        FactorProduct.of(
            graph.tf,
            Side.INPUT,
            input,
            graph.constant(input.shape(), a),
            graph.constant(shape, gradient));
    Operand<TFloat64> result =
        FactorProduct.of(graph.tf, Side.OUTPUT, output, graph.constant(output.shape(), g), left);
    graph.start();

    double[] expected = new double[gradient.length];
    int entries = INPUTS * OUTPUTS;
    for (int group = 0; group < groups; group++) {
      double[] part = Arrays.copyOfRange(gradient, group * entries, (group + 1) * entries);
      SimpleMatrix product =
          DenseFactors.ofGroup(input, INPUTS, a, group)
              .mult(new SimpleMatrix(INPUTS, OUTPUTS, true, part))
              .mult(DenseFactors.ofGroup(output, OUTPUTS, g, group));
      System.arraycopy(product.getDDRM().getData(), 0, expected, group * entries, entries);
    }
    assertThat(result.shape()).isEqualTo(shape);
    assertThat(Tensors.relativeError(graph.fetch(result), expected))
        .as("seed %d", SEED)
        .isLessThan(TOLERANCE);
  }

  @Test
  void aGradientOfAnotherSizeIsRejected() {
    FactorStructure four = new FactorStructure.Full(4);
    Operand<TFloat64> inverse = graph.constant(Shape.of(4, 4), new double[16]);
    Operand<TFloat64> gradient = graph.constant(Shape.of(4, 3), new double[12]);
    assertThatThrownBy(() -> FactorProduct.of(graph.tf, Side.OUTPUT, four, inverse, gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a gradient matrix with 4 columns");
  }

  @Test
  void anInverseOfAnotherShapeIsRejected() {
    FactorStructure blocks = new FactorStructure.Blocks(4, 2);
    Operand<TFloat64> inverse = graph.constant(Shape.of(4, 4), new double[16]);
    Operand<TFloat64> gradient = graph.constant(Shape.of(4, 3), new double[12]);
    assertThatThrownBy(() -> FactorProduct.of(graph.tf, Side.INPUT, blocks, inverse, gradient))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected an inverse of shape [2, 2, 2]");
  }
}
