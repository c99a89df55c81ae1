package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.ExampleMask;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;

/** Padding in a batch leaves no trace in the statistics of masked layers. */
class ExampleMaskTest {

  private static final double EXACT = 1e-12;
  private static final int EXAMPLES = 12;

  /** 1 for an example, 0 for a filler. */
  private static final double[] FILLED = {0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1};

  private static final String STATISTICS = "A|G|S|[AGS]_.*|inverse|.*products";
  private static final Shape IMAGE = Shape.of(3, 3, 1);

  /** Far from what examples look like, so that one filler would show. */
  private static final double FILLER = 50;

  enum Preset {
    NKFAC(KfacOptions.nkfac()),
    KFAC(KfacOptions.kfac()),
    KFAC_TIKHONOV(KfacOptions.kfacTikhonov()),
    EKFAC(KfacOptions.ekfac()),
    KFAC_STAR(KfacOptions.kfacStar()),
    SKFAC(KfacOptions.skfac()),
    SKFAC_STAR(KfacOptions.skfacStar()),
    TWO_LEVEL(KfacOptions.twoLevel());

    @SuppressWarnings("ImmutableEnumChecker") // options are records of values
    final KfacOptions options;

    Preset(KfacOptions preset) {
      options = preset.withPeriods(1, 2).withLearningRate(0.05);
    }
  }

  @ParameterizedTest
  @EnumSource
  void maskedPaddingChangesNothing(Preset preset) {
    try (Run without = new Run(preset.options);
        Run with = new Run(preset.options, "*")) {
      for (int step = 0; step < 4; step++) {
        without.step(ones(EXAMPLES), step);
        with.step(FILLED, step);
      }
      assertSame(with, without);
      assertThat(with.health().isSound()).isTrue();
    }
  }

  @Test
  void paddingOfMicroBatchesChangesNothing() {
    KfacOptions options = Preset.NKFAC.options;
    KfacOptions gathering = options.withTraining(given -> given.withAccumulation(2));
    try (Run without = new Run(gathering);
        Run with = new Run(gathering, "*")) {
      for (int part = 0; part < 6; part++) {
        without.step(ones(EXAMPLES), part);
        with.step(FILLED, part);
      }
      assertSame(with, without);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBatchOfPaddingLeavesTheStateAsItIs(Preset preset) {
    try (Run run = new Run(preset.options, "*")) {
      run.step(FILLED, 1);
      Map<String, List<Double>> before = run.graph.everyVariable();
      run.step(new double[4], 2);
      Map<String, List<Double>> after = run.graph.everyVariable();
      assertThat(matching(before, STATISTICS)).isNotEmpty();
      assertThat(matching(after, STATISTICS)).isEqualTo(matching(before, STATISTICS));
      // Refreshes are due, which may change what is derived from an average.
      run.step(new double[4], 3);
      after = run.graph.everyVariable();
      String kept = preset.name().startsWith("SKFAC") ? "._inverse" : "A|G|.*products";
      assertThat(matching(after, kept)).isNotEmpty().isEqualTo(matching(before, kept));
      assertThat(after.values()).allSatisfy(v -> assertThat(v).allMatch(Double::isFinite));
      assertThat(run.health().isSound()).as("%s", run.health()).isTrue();
    }
  }

  @Test
  void anEmptyFirstBatchIsNotCountedAsOne() {
    // The growing decay of K-FAC: the first batch enters whole.
    KfacOptions options = KfacOptions.kfac().withPeriods(1, 100).withLearningRate(1e-30);
    try (Run emptyFirst = new Run(options, "*");
        Run direct = new Run(options, "*")) {
      emptyFirst.step(new double[4], 7);
      emptyFirst.step(FILLED, 8);
      direct.step(FILLED, 8);
      for (String factor : List.of("conv/A", "conv/G", "fc/A", "fc/G")) {
        assertThat(
                Tensors.relativeError(
                    emptyFirst.graph.value("kfac/" + factor), direct.graph.value("kfac/" + factor)))
            .as(factor)
            .isLessThan(EXACT);
      }
    }
  }

  @Test
  void aLayerWithoutMaskSeesAllRows() {
    try (Run masked = new Run(Preset.NKFAC.options, "fc");
        Run all = new Run(Preset.NKFAC.options)) {
      masked.step(FILLED, 1);
      all.step(FILLED, 1);
      assertThat(masked.graph.value("kfac/conv/A")).isEqualTo(all.graph.value("kfac/conv/A"));
      assertThat(masked.graph.value("kfac/fc/A")).isNotEqualTo(all.graph.value("kfac/fc/A"));
    }
  }

  @Test
  void aMaskThatCannotBeUsedIsRejected() {
    KfacOptions options = KfacOptions.nkfac();
    assertRejected(
        options,
        "expected the pattern 'head*' (mask) to match a layer's weight, found none among: conv,",
        "head*");
    assertRejected(
        options,
        "expected the pattern '*_bias' (mask) to match a layer's weight, found none among: conv, fc;",
        "*_bias");
    assertRejected(
        options,
        "expected at most one mask of examples for layer 'fc', found [f*, fc]",
        "f*",
        "fc");
    assertRejected(
        options.withFisher(Fisher.sampled(1)),
        "expected Fisher.empirical() with masks of examples",
        "fc");
    assertRejected(
        KfacOptions.twoLevel(), "expected one mask for all layers of a two-level correction", "fc");
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TBool> matrix = graph.tf.constant(new boolean[][] {{true}});
      assertThatThrownBy(() -> new ExampleMask(new NamePattern("fc"), matrix))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "expected a mask [N] over the examples of the layers 'fc', found shape [1, 1]");
    }
  }

  private static void assertRejected(KfacOptions options, String message, String... patterns) {
    assertThatThrownBy(() -> new Run(options, patterns).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static void assertSame(Run with, Run without) {
    Map<String, List<Double>> filled = with.graph.everyVariable();
    without
        .graph
        .everyVariable()
        .forEach(
            (name, values) ->
                assertThat(Tensors.relativeError(plain(filled.get(name)), plain(values)))
                    .as(name)
                    .isLessThan(EXACT * 100));
  }

  private static Map<String, List<Double>> matching(
      Map<String, List<Double>> variables, String lastPart) {
    return variables.entrySet().stream()
        .filter(entry -> entry.getKey().matches("kfac/(conv|fc|coarse)/(" + lastPart + ")"))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static double[] ones(int count) {
    double[] ones = new double[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] plain(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A convolution and a dense layer, and half the squared error averaged over what counts. */
  private static final class Run implements AutoCloseable {
    final TestGraph<TFloat64> graph = TestGraph.float64();
    final Placeholder<TFloat64> x = graph.input(Shape.of(-1, 3, 3, 1));
    final Placeholder<TFloat64> y = graph.input(Shape.of(-1, 2));
    final Placeholder<TFloat64> weights = graph.input(Shape.of(-1));
    final Kfac optimizer;
    final Op train;

    Run(KfacOptions options, String... masked) {
      Ops tf = graph.tf;
      Operand<TFloat64> conv = graph.variable("conv", 1, Shape.of(2, 2, 1, 2));
      Operand<TFloat64> convBias = graph.variable("conv_bias", 2, Shape.of(2));
      Operand<TFloat64> fc = graph.variable("fc", 3, Shape.of(8, 2));
      Operand<TFloat64> fcBias = graph.variable("fc_bias", 4, Shape.of(2));
      Operand<TFloat64> maps =
          tf.math.tanh(
              tf.nn.biasAdd(tf.nn.conv2d(x, conv, List.of(1L, 1L, 1L, 1L), "VALID"), convBias));
      Operand<TFloat64> output =
          tf.nn.biasAdd(tf.linalg.matMul(tf.reshape(maps, tf.array(-1, 8)), fc), fcBias);
      Operand<TFloat64> squares =
          tf.reduceSum(tf.math.square(tf.math.sub(output, y)), tf.constant(1));
      Operand<TFloat64> count = tf.math.maximum(graph.sum(weights), tf.constant(1.0));
      Operand<TFloat64> loss =
          tf.math.div(
              graph.sum(tf.math.mul(squares, weights)), tf.math.mul(count, tf.constant(2.0)));
      Operand<TBool> mask = tf.math.greater(weights, tf.constant(0.0));
      Function<String, ExampleMask> of = name -> new ExampleMask(new NamePattern(name), mask);
      optimizer = Kfac.masked(graph.graph, options, Arrays.stream(masked).map(of).toList());
      train = optimizer.minimize(loss);
      graph.start();
    }

    /** Feeds examples drawn for the step at the places with weight 1, padding elsewhere. */
    void step(double[] counts, int step) {
      graph.feed(x, Shape.of(counts.length).append(IMAGE), spread(counts, IMAGE.size(), step));
      graph.feed(y, Shape.of(counts.length, 2), spread(counts, 2, 100 + step));
      graph.feed(weights, Shape.of(counts.length), counts);
      graph.run(train);
    }

    private static double[] spread(double[] counts, long size, long seed) {
      int width = Math.toIntExact(size);
      double[] examples = TestGraph.random(seed, size * EXAMPLES);
      double[] values = new double[counts.length * width];
      Arrays.fill(values, FILLER);
      int next = 0;
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 1) {
          System.arraycopy(examples, next++ * width, values, i * width, width);
        }
      }
      return values;
    }

    TrainingHealth health() {
      return optimizer.health(graph.session());
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
