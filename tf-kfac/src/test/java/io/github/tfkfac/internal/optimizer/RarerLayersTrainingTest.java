package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** An embedding, a grouped convolution and a dense layer learn together. */
class RarerLayersTrainingTest {

  private static final long SEED = 31;
  private static final int EXAMPLES = 6;
  private static final int STEPS = 60;

  @ParameterizedTest
  @ValueSource(strings = {"nkfac", "kfac", "kfacTikhonov"})
  @EnabledIfSystemProperty(named = "os.arch", matches = "amd64|x86_64")
  void everyWeightIsCapturedAndTheLossFalls(String preset) {
    Map<String, KfacOptions> presets =
        Map.of(
            "nkfac", KfacOptions.nkfac(),
            "kfac", KfacOptions.kfac().withLearningRate(0.05),
            "kfacTikhonov", KfacOptions.kfacTikhonov().withLearningRate(0.05));
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.REFERENCE)) {
      Operand<TFloat32> loss = loss(graph);
      Kfac optimizer =
          new Kfac(graph.graph, presets.get(preset).withPeriods(1, 5).withWeightDecay(0).strict());
      Op train = optimizer.minimize(loss);
      graph.start();
      double before = graph.fetch(loss)[0];
      graph.run(train, STEPS);

      assertThat(optimizer.scanReport().of(Outcome.CAPTURED)).hasSize(3);
      assertThat(graph.fetch(loss)[0]).as("%s, seed %d", preset, SEED).isLessThan(0.1 * before);
    }
  }

  private static Operand<TFloat32> loss(TestGraph<TFloat32> graph) {
    Ops tf = graph.tf;
    int[][] words = {
      {0, 1, 2, 3}, {4, 5, 0, 0}, {1, 1, 3, 5}, {2, 4, 4, 1}, {5, 0, 3, 2}, {3, 3, 1, 4}
    };
    Operand<TFloat32> table = graph.variable("table", SEED, Shape.of(6, 4));
    Operand<TFloat32> images =
        tf.reshape(
            tf.gather(table, tf.constant(words), tf.constant(0)), tf.array(EXAMPLES, 2, 2, 4));
    Operand<TFloat32> kernel = graph.variable("kernel", SEED + 1, Shape.of(2, 2, 2, 8));
    Operand<TFloat32> hidden =
        tf.math.tanh(tf.nn.conv2d(images, kernel, List.of(1L, 1L, 1L, 1L), "VALID"));
    Operand<TFloat32> output =
        tf.linalg.matMul(
            tf.reshape(hidden, tf.array(EXAMPLES, 8)),
            graph.variable("dense", SEED + 2, Shape.of(8, 2)));
    Shape targets = Shape.of(EXAMPLES, 2);
    Operand<TFloat32> error =
        tf.math.sub(output, graph.constant(targets, TestGraph.random(SEED + 3, targets.size())));
    return tf.math.div(graph.halfSquare(error), tf.constant((float) EXAMPLES));
  }
}
