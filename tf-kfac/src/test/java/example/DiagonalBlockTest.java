package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

class DiagonalBlockTest {
  /** Adagrad: {@code s ← s + ∇²}, {@code V = ∇ / (√s + λ)}; the KL clip does not bind here. */
  record Adagrad<T extends TNumber>(CapturedLayer<T> layer, GraphVariable<T> s)
      implements CurvatureBlock<T> {
    Adagrad(CapturedLayer<T> layer) {
      this(layer, layer.variable("squares", layer.matrixShape(), 0));
    }

    @Override
    public List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
      return List.of(
          new NewValue<>(s, tf.math.add(s.read(tf), tf.math.square(batch.gradient(tf)))));
    }

    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return tf.math.div(gradient, tf.math.add(tf.math.sqrt(s.read(tf)), layer.damping(step)));
    }
  }

  @Test
  void aBlockOfAUserTrains() {
    var adagrad = Approximation.of("Adagrad", Damping.absolute(0.5), Adagrad::new);
    var kfac = KfacOptions.kfac().withPeriods(1, 1).withApproximation(adagrad);
    try (var graph = TestGraph.float64()) {
      var w = graph.variable("w", Shape.of(2, 1), 3, -2);
      var loss = graph.halfSquare(graph.tf.linalg.matMul(graph.constant(Shape.of(1, 2), 1, 2), w));
      var train = new Kfac(graph.graph, kfac).minimize(loss);
      graph.start();
      double first = graph.runAndFetch(train, loss)[0]; // the gradient is (-1, -2)
      double[] expected = {3 + 1e-3 / (1 + 0.5), -2 + 1e-3 * 2 / (2 + 0.5)};
      assertThat(graph.value("w")).containsExactly(expected, within(1e-12));
      graph.run(train, 300);
      assertThat(graph.fetch(loss)[0]).isLessThan(0.1 * first);
    }
  }
}
