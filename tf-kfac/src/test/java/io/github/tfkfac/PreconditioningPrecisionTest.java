package io.github.tfkfac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class PreconditioningPrecisionTest {

  private static final int INPUTS = 60;
  private static final int OUTPUTS = 40;
  private static final int EXAMPLES = 80;

  /**
   * Roundings of 2⁻⁹ each: two of every product's factors, one of its result, times cancelation.
   */
  private static final double LARGEST_ERROR = 16 * 0x1p-9;

  /** What float32 alone would not change. */
  private static final double SMALLEST_ERROR = 1e-4;

  private static final double FLOAT32_ROUNDING = 1e-5;

  @Test
  void theDirectionDiffersByRoundingAndItsLengthNotAtAll() {
    KfacOptions exact = step(KfacOptions.kfacStar());
    double[] gradient =
        change(
            (graph, loss) ->
                new FirstOrder(graph.graph, TrainingOptions.sgdm(1, 0).withRule(new Momentum(0)))
                    .minimize(loss));
    double[] full = change(exact);
    double[] low = change(exact.withPreconditioningPrecision(PreconditioningPrecision.BFLOAT16));

    assertThat(relativeError(low, full)).isBetween(SMALLEST_ERROR, LARGEST_ERROR);
    assertThat(norm(low) / norm(gradient)).isCloseTo(1, within(FLOAT32_ROUNDING));
    assertThat(relativeError(full, gradient)).isGreaterThan(LARGEST_ERROR);
  }

  @Test
  void blocksThatAreFilledUpAreLoweredToo() {
    KfacOptions blocked =
        step(KfacOptions.kfacStar()).withLayers(layers -> layers.withLimit(FactorLimit.blocks(32)));
    assertThat(
            relativeError(
                change(blocked.withPreconditioningPrecision(PreconditioningPrecision.BFLOAT16)),
                change(blocked)))
        .isBetween(SMALLEST_ERROR, LARGEST_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {41, 61, 62})
  void onlyInversesOfTheOrderAreLowered(int least) {
    KfacOptions exact = step(KfacOptions.kfacStar());
    double error =
        relativeError(
            change(exact.withPreconditioningPrecision(new PreconditioningPrecision(least, true))),
            change(exact));
    if (least > INPUTS + 1) {
      assertThat(error).isZero();
    } else {
      assertThat(error).isBetween(SMALLEST_ERROR, LARGEST_ERROR);
    }
  }

  @Test
  void everyPresetWithInversesTakesItAndTheOthersRefuseItByName() {
    for (KfacOptions preset :
        List.of(
            KfacOptions.nkfac(),
            KfacOptions.adaNkfac(),
            KfacOptions.kfacTikhonov(),
            KfacOptions.skfac(),
            KfacOptions.skfacStar())) {
      double[] low =
          change(step(preset).withPreconditioningPrecision(PreconditioningPrecision.BFLOAT16));
      assertThat(relativeError(low, change(step(preset))))
          .as("%s", preset.approximation())
          .isBetween(SMALLEST_ERROR, LARGEST_ERROR);
    }
    for (KfacOptions preset :
        List.of(KfacOptions.kfac(), KfacOptions.ekfac(), KfacOptions.twoLevel())) {
      assertThatThrownBy(
              () -> preset.withPreconditioningPrecision(PreconditioningPrecision.BFLOAT16))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("found Eigenbases")
          .hasMessageContaining("leave the precision out or choose another preset");
    }
  }

  @Test
  void networksInFloat64RefuseBfloat16AndKeepTheirPrecisionByMeasurement() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      KfacOptions nkfac = KfacOptions.nkfac();
      KfacOptions low = nkfac.withPreconditioningPrecision(PreconditioningPrecision.BFLOAT16);
      assertThatThrownBy(() -> new Kfac(graph.graph, low).minimize(mlp.loss))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "expected float32 weights for inverses in bfloat16, found float64 in 'w1'; use"
                  + " PreconditioningPrecision.FLOAT32 or AUTO, which leaves float64 as it is");
    }
    assertThat(new PreconditioningPrecision(1, true).isLowered(64, TFloat64.class)).isFalse();
    assertThat(new PreconditioningPrecision(1, true).isLowered(64, TFloat32.class)).isTrue();
  }

  @Test
  void theMeasurementEndsWhereNothingIsGained() {
    // Of every order four runs of either product, float32 first.
    assertThat(measured(2, 2, 2)).isEqualTo(new PreconditioningPrecision(2, true));
    assertThat(measured(2, 2, 20)).isEqualTo(new PreconditioningPrecision(3, true));
    assertThat(measured(2, 10, 2)).isEqualTo(new PreconditioningPrecision(4, true));
    assertThat(measured(10, 2, 2))
        .isEqualTo(new PreconditioningPrecision(PreconditioningPrecision.NEVER, true));
  }

  @Test
  void severalWorkersDoNotMeasureForThemselves() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Kfac kfac =
          new Kfac(
              graph.graph,
              KfacOptions.nkfac().withPreconditioningPrecision(PreconditioningPrecision.AUTO));
      kfac.acrossWorkers(new CollectiveWorkers(2, 0, CollectiveHint.AUTO));
      assertThatThrownBy(() -> kfac.minimize(new TinyMlp<>(graph).loss))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "expected one precision of preconditioning for all 2 workers, found AUTO for 'w1',"
                  + " which each of them measures; use FLOAT32 or BFLOAT16");
    }
  }

  @Test
  void theChoiceIsMadeOnce() {
    PreconditioningPrecision chosen = PreconditioningPrecision.AUTO.measured();
    assertThat(chosen.isMeasured()).isTrue();
    assertThat(PreconditioningPrecision.AUTO.measured()).isEqualTo(chosen);
    assertThat(PreconditioningPrecision.AUTO.isLowered(1 << 20, TFloat32.class))
        .isEqualTo(chosen.leastOrder() < PreconditioningPrecision.NEVER);
  }

  /** By a clock that lets a product in float32 take 10, and one of order 4, 3, 2 the given time. */
  private static PreconditioningPrecision measured(long... low) {
    AtomicLong reads = new AtomicLong();
    AtomicLong now = new AtomicLong();
    return PreconditioningPrecision.measure(
        List.of(4, 3, 2),
        () -> {
          int read = (int) reads.getAndIncrement();
          boolean end = read % 2 == 1;
          boolean lowered = read / 2 % 2 == 1;
          return end ? now.addAndGet(lowered ? low[read / 16] : 10) : now.get();
        });
  }

  private static KfacOptions step(KfacOptions preset) {
    return preset.withRule(new Momentum(0)).withLearningRate(1).withWeightDecay(0);
  }

  private static double[] change(KfacOptions options) {
    return change((graph, loss) -> new Kfac(graph.graph, options).minimize(loss));
  }

  /** The change of a layer's weight and bias in the first step. */
  private static double[] change(BiFunction<TestGraph<TFloat32>, Operand<TFloat32>, Op> minimize) {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Operand<TFloat32> x =
          graph.constant(Shape.of(EXAMPLES, INPUTS), TestGraph.random(1, (long) EXAMPLES * INPUTS));
      Operand<TFloat32> w = graph.variable("w", 2, Shape.of(INPUTS, OUTPUTS));
      Operand<TFloat32> b = graph.variable("b", 3, Shape.of(OUTPUTS));
      Operand<TFloat32> y =
          graph.tf.math.tanh(graph.tf.nn.biasAdd(graph.tf.linalg.matMul(x, w), b));
      Op train = minimize.apply(graph, graph.halfSquare(y));
      graph.start();
      double[] before = both(graph);
      graph.run(train);
      double[] after = both(graph);
      return IntStream.range(0, before.length).mapToDouble(i -> after[i] - before[i]).toArray();
    }
  }

  private static double[] both(TestGraph<TFloat32> graph) {
    return DoubleStream.concat(DoubleStream.of(graph.value("w")), DoubleStream.of(graph.value("b")))
        .toArray();
  }

  private static double relativeError(double[] actual, double[] expected) {
    double[] error =
        IntStream.range(0, actual.length).mapToDouble(i -> actual[i] - expected[i]).toArray();
    return norm(error) / norm(expected);
  }

  private static double norm(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(value -> value * value).sum());
  }
}
