package io.github.tfkfac.internal.precondition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.testing.DenseFactors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

class QuadraticModelTest {

  private static final double TOLERANCE = 1e-12;
  private static final double DAMPING = 0.2;
  private static final long SEED = 70;

  @Test
  void theChangeIsThatOfTheDenseModel() {
    List<List<FactorStructure>> layers =
        List.of(
            List.of(new FactorStructure.Full(3), new FactorStructure.Full(2)),
            List.of(new FactorStructure.Diagonal(4), new FactorStructure.Blocks(3, 2)));
    double expected = 0;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      List<Operand<TFloat64>> parts = new ArrayList<>();
      for (List<FactorStructure> sides : layers) {
        FactorStructure input = sides.get(0);
        FactorStructure output = sides.get(1);
        int entries = input.size() * output.size();
        double[] a = DenseFactors.random(input, SEED);
        double[] g = DenseFactors.random(output, SEED + 1);
        double[] change = TestGraph.random(SEED + 2, entries);
        double[] gradient = TestGraph.random(SEED + 3, entries);
        Shape shape = Shape.of(input.size(), output.size());
        Operand<TFloat64> delta = graph.constant(shape, change);
        Operand<TFloat64> product =
            QuadraticModel.product(
                graph.tf,
                new QuadraticModel.Factor<>(input, graph.constant(input.shape(), a)),
                new QuadraticModel.Factor<>(output, graph.constant(output.shape(), g)),
                graph.tf.constant(DAMPING),
                delta);
        parts.add(QuadraticModel.change(graph.tf, delta, graph.constant(shape, gradient), product));
        SimpleMatrix column = new SimpleMatrix(entries, 1, true, change);
        SimpleMatrix damped =
            DenseFactors.dense(input, a, 0)
                .kron(DenseFactors.dense(output, g, 0))
                .plus(SimpleMatrix.identity(entries).scale(DAMPING));
        expected +=
            column.dot(new SimpleMatrix(entries, 1, true, gradient))
                + column.dot(damped.mult(column)) / 2;
      }
      Operand<TFloat64> result = graph.tf.math.addN(parts);
      graph.start();
      assertThat(graph.fetch(result)[0])
          .as("seed %d", SEED)
          .isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
    }
  }
}
