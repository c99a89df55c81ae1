package io.github.tfkfac.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.testing.DenseFactors;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.Optional;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class EigenPreconditionerTest {

  private static final double TOLERANCE = 1e-10;
  private static final double DAMPING = 0.3;
  private static final long SEED = 50;
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

  @ParameterizedTest
  @MethodSource("io.github.tfkfac.internal.precondition.FactorProductTest#structures")
  void theSpectrumOfTheFactorsGivesTheInverseOfTheDampedKroneckerProduct(
      int groups, FactorStructure input, FactorStructure output) {
    double[] a = DenseFactors.random(input, SEED);
    double[] g = DenseFactors.random(output, SEED + 1);
    double[] gradient = TestGraph.random(SEED + 2, (long) groups * INPUTS * OUTPUTS);
    Shape shape = groups == 1 ? Shape.of(INPUTS, OUTPUTS) : Shape.of(groups, INPUTS, OUTPUTS);
    EigenPreconditioner<TFloat64> eigen =
        new EigenPreconditioner<>(
            EigenSide.of(graph.tf, input, graph.constant(input.shape(), a)),
            EigenSide.of(graph.tf, output, graph.constant(output.shape(), g)));
    Operand<TFloat64> result =
        eigen.apply(graph.tf, graph.constant(shape, gradient), graph.tf.constant(DAMPING));
    graph.start();

    double[] expected = new double[gradient.length];
    int entries = INPUTS * OUTPUTS;
    for (int group = 0; group < groups; group++) {
      // Row by row, the entries of A·D·G are those of (A ⊗ G) times the entries of D.
      SimpleMatrix damped =
          DenseFactors.ofGroup(input, INPUTS, a, group)
              .kron(DenseFactors.ofGroup(output, OUTPUTS, g, group))
              .plus(SimpleMatrix.identity(entries).scale(DAMPING));
      double[] part = Arrays.copyOfRange(gradient, group * entries, (group + 1) * entries);
      double[] solved =
          damped.invert().mult(new SimpleMatrix(entries, 1, true, part)).getDDRM().getData();
      System.arraycopy(solved, 0, expected, group * entries, entries);
    }
    assertThat(result.shape()).isEqualTo(shape);
    assertThat(Tensors.relativeError(graph.fetch(result), expected))
        .as("seed %d", SEED)
        .isLessThan(TOLERANCE);
  }

  @Test
  void anotherSpectrumReplacesThatOfTheFactors() {
    FactorStructure input = new FactorStructure.Full(INPUTS);
    FactorStructure output = new FactorStructure.Diagonal(OUTPUTS);
    SimpleMatrix q =
        SimpleMatrix.random_DDRM(INPUTS, INPUTS, -1, 1, new java.util.Random(SEED)).svd().getU();
    double[] second = Arrays.stream(TestGraph.random(SEED, 20)).map(Math::abs).toArray();
    double[] gradient = TestGraph.random(SEED + 1, 20);
    EigenPreconditioner<TFloat64> eigen =
        new EigenPreconditioner<>(
            new EigenSide<>(
                input,
                Optional.of(graph.constant(input.shape(), q.getDDRM().getData())),
                () -> graph.constant(Shape.of(INPUTS), new double[INPUTS])),
            EigenSide.of(graph.tf, output, graph.constant(output.shape(), new double[OUTPUTS])));
    Shape shape = Shape.of(INPUTS, OUTPUTS);
    Operand<TFloat64> result =
        eigen.apply(
            graph.tf,
            graph.constant(shape, gradient),
            graph.constant(shape, second),
            graph.tf.constant(DAMPING));
    graph.start();

    SimpleMatrix projected = q.transpose().mult(new SimpleMatrix(INPUTS, OUTPUTS, true, gradient));
    SimpleMatrix spectrum = new SimpleMatrix(INPUTS, OUTPUTS, true, second).plus(DAMPING);
    double[] expected = q.mult(projected.elementDiv(spectrum)).getDDRM().getData();
    assertThat(Tensors.relativeError(graph.fetch(result), expected)).isLessThan(TOLERANCE);
  }

  @Test
  void aBasisMustFitTheStructure() {
    Operand<TFloat64> values = graph.constant(Shape.of(3), 1, 2, 3);
    assertThatThrownBy(
            () -> new EigenSide<>(new FactorStructure.Full(3), Optional.empty(), () -> values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a basis");
    assertThatThrownBy(
            () -> new EigenSide<>(new FactorStructure.Full(3), Optional.of(values), () -> values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a basis of shape [3, 3]");
  }
}
