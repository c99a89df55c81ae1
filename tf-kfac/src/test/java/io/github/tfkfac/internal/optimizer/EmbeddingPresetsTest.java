package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;

/** Every preset trains networks with an embedding, whatever comes behind it. */
class EmbeddingPresetsTest {

  private static final long SEED = 71;
  private static final int ROWS = 6;
  private static final int WIDTH = 4;
  private static final int POSITIONS = 3;
  private static final int[][] WORDS = {
    {0, 1, 2}, {4, 5, 0}, {1, 1, 3}, {2, 4, 4}, {5, 0, 3}, {3, 3, 1}, {5, 5, 5}
  };

  /** What becomes of {@code [N, positions, width]}. */
  private enum Network {
    FLATTENED,
    MEAN,
    DENSE_PER_POSITION,
    ONE_WORD,
    TWO_USES
  }

  static List<Arguments> presetsAndNetworks() {
    Map<String, KfacOptions> presets = new LinkedHashMap<>();
    presets.put("nkfac", KfacOptions.nkfac());
    presets.put("adaNkfac", KfacOptions.adaNkfac().withLearningRate(0.02));
    presets.put("kfac", KfacOptions.kfac());
    presets.put("kfacTikhonov", KfacOptions.kfacTikhonov());
    presets.put("kfac, relative", KfacOptions.kfacTikhonov().withDamping(Damping.relative()));
    presets.put("kfacStar", KfacOptions.kfacStar());
    presets.put("skfac", KfacOptions.skfac());
    presets.put("skfacStar", KfacOptions.skfacStar());
    presets.put("ekfac", KfacOptions.ekfac());
    presets.put("twoLevel", KfacOptions.twoLevel());
    List<Arguments> all = new ArrayList<>();
    presets.forEach(
        (name, options) -> {
          KfacOptions used = name.startsWith("ada") ? options : options.withLearningRate(0.05);
          for (Network network : Network.values()) {
            all.add(Arguments.of(name, network, used.withPeriods(1, 2).withWeightDecay(0)));
          }
        });
    return all;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("presetsAndNetworks")
  void everyWeightIsCapturedAndTheLossFalls(String name, Network network, KfacOptions options) {
    for (Kind kind : Kind.values()) {
      try (TestGraph<TFloat64> graph = new TestGraph<>(TFloat64.class, kind)) {
        Placeholder<TInt32> words =
            graph.tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, POSITIONS)));
        Operand<TFloat64> loss = loss(graph, network, words);
        Kfac optimizer = new Kfac(graph.graph, options.strict());
        Op train = optimizer.minimize(loss);
        graph.start();
        List<Double> losses = new ArrayList<>();
        try (TInt32 fed = TInt32.tensorOf(StdArrays.ndCopyOf(WORDS))) {
          for (int step = 0; step < 30; step++) {
            Session.Runner runner = graph.session().runner();
            try (Result result = runner.feed(words, fed).addTarget(train).fetch(loss).run()) {
              losses.add(((TFloat64) result.get(0)).getDouble());
            }
          }
        }
        int embeddings = 1;
        assertThat(optimizer.scanReport().of(Outcome.CAPTURED))
            .hasSize(embeddings + (network == Network.DENSE_PER_POSITION ? 2 : 1));
        assertThat(losses.get(29))
            .as("%s variables, seed %d: %s", kind, SEED, losses)
            .isLessThan(0.8 * losses.get(0));
        TrainingHealth health = optimizer.health(graph.session());
        assertThat(health.isSound()).as("%s", health).isTrue();
      }
    }
  }

  private static Operand<TFloat64> loss(
      TestGraph<TFloat64> graph, Network network, Operand<TInt32> words) {
    Ops tf = graph.tf;
    Operand<TFloat64> table = graph.variable("table", SEED, Shape.of(ROWS, WIDTH));
    Operand<TFloat64> found = tf.gather(table, words, tf.constant(0));
    Operand<TFloat64> hidden =
        switch (network) {
          case FLATTENED -> tf.reshape(found, tf.array(-1, POSITIONS * WIDTH));
          case MEAN -> tf.math.mean(found, tf.constant(1));
          case DENSE_PER_POSITION ->
              tf.math.mean(
                  tf.math.tanh(
                      tf.linalg.einsum(
                          List.of(found, graph.variable("inner", SEED + 3, Shape.of(WIDTH, WIDTH))),
                          "npd,de->npe")),
                  tf.constant(1));
          case ONE_WORD ->
              tf.gather(table, tf.gather(words, tf.constant(0), tf.constant(1)), tf.constant(0));
          case TWO_USES ->
              tf.math.add(
                  tf.math.mean(found, tf.constant(1)),
                  tf.gather(
                      table, tf.gather(words, tf.constant(0), tf.constant(1)), tf.constant(0)));
        };
    long width = network == Network.FLATTENED ? POSITIONS * WIDTH : WIDTH;
    Operand<TFloat64> output =
        tf.linalg.matMul(
            tf.math.tanh(hidden), graph.variable("dense", SEED + 1, Shape.of(width, 2)));
    Shape targets = Shape.of(WORDS.length, 2);
    Operand<TFloat64> error =
        tf.math.sub(output, graph.constant(targets, TestGraph.random(SEED + 2, targets.size())));
    return tf.math.div(graph.halfSquare(error), tf.constant((double) WORDS.length));
  }
}
