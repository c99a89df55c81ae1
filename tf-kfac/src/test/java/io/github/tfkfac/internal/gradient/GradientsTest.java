package io.github.tfkfac.internal.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TestGraph.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** What a step moves the weights by, against central differences of the loss. */
class GradientsTest {

  private static final double STEP = 1e-5;
  private static final double CLOSE = 1e-7;
  private static final double RATE = 0.1;
  private static final List<Long> EACH = List.of(1L, 1L, 1L, 1L);

  private static Operand<TFloat64> raw(Ops tf, String type, Operand<?>... inputs) {
    var builder = tf.scope().opBuilder(type, type);
    for (Operand<?> input : inputs) {
      builder.addInput(input.asOutput());
    }
    return builder.build().output(0);
  }

  private static Operand<TFloat64> shaped(Ops tf, Operand<TFloat64> value, int... shape) {
    return tf.reshape(value, tf.constant(shape));
  }

  static Stream<Arguments> middles() {
    return Stream.of(
        middle("nothing special", (tf, x) -> tf.math.sigmoid(x)),
        middle(
            "log-softmax of sequences",
            (tf, x) -> shaped(tf, tf.nn.logSoftmax(shaped(tf, x, 4, 2, 3)), 4, 6)),
        middle("exact GELU", (tf, x) -> tf.math.mul(x, raw(tf, "Erfc", tf.math.neg(x)))),
        middle("sorted", (tf, x) -> raw(tf, "TopKV2", x, tf.constant(6))),
        middle(
            "median",
            (tf, x) ->
                tf.broadcastTo(
                    tf.slice(raw(tf, "TopKV2", x, tf.constant(4)), tf.array(0, 3), tf.array(-1, 1)),
                    tf.array(4, 6))),
        middle(
            "dilated convolution",
            (tf, x) ->
                shaped(
                    tf,
                    tf.nn.conv2d(
                        shaped(tf, x, 1, 6, 4, 1),
                        shaped(
                            tf,
                            tf.math.tanh(tf.slice(x, tf.array(0, 0), tf.array(3, 3))),
                            3,
                            3,
                            1,
                            1),
                        EACH,
                        "SAME",
                        Conv2d.dilations(1L, 2L, 2L, 1L)),
                    4,
                    6)),
        middle(
            "convolution of volumes",
            (tf, x) -> {
              Operand<TFloat64> filter =
                  shaped(tf, tf.slice(x, tf.array(0, 0), tf.array(4, 2)), 2, 2, 2, 1, 1);
              return shaped(
                  tf,
                  tf.nn.conv3d(
                      shaped(tf, x, 1, 2, 3, 4, 1), filter, List.of(1L, 1L, 1L, 1L, 1L), "SAME"),
                  4,
                  6);
            }),
        middle(
            "cross-entropy in float64",
            (tf, x) ->
                tf.math.mul(
                    x,
                    tf.expandDims(
                        tf.nn
                            .softmaxCrossEntropyWithLogits(x, tf.nn.softmax(tf.math.square(x)))
                            .loss(),
                        tf.constant(1)))),
        middle(
            "gathered along the last axis",
            (tf, x) -> tf.gather(x, tf.constant(new int[] {5, 0, 0, 2, 1, 3}), tf.constant(-1))),
        middle(
            "random numbers of its shape",
            (tf, x) ->
                tf.math.add(
                    x,
                    tf.random.statelessRandomNormal(
                        tf.shape(x), tf.constant(new long[] {3, 4}), TFloat64.class))),
        middle("checked shape", (tf, x) -> tf.ensureShape(x, Shape.of(4, 6))),
        middle("running products", (tf, x) -> tf.math.cumprod(x, tf.constant(1))),
        middle(
            "joined along an axis of 64 bits",
            (tf, x) ->
                tf.concat(
                    List.of(
                        tf.slice(x, tf.array(0, 3), tf.array(4, 3)),
                        tf.slice(x, tf.array(0, 0), tf.array(4, 3))),
                    tf.constant(-1L))),
        middle(
            "two special operations in a row, one used twice",
            (tf, x) -> {
              Operand<TFloat64> erfc = raw(tf, "Erfc", x);
              return tf.math.add(tf.math.mul(erfc, erfc), raw(tf, "TopKV2", erfc, tf.constant(6)));
            }));
  }

  private static Arguments middle(String name, SmallModel.Middle middle) {
    return Arguments.of(name, middle);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("middles")
  void aStepGoesAgainstTheGradient(String name, SmallModel.Middle middle) {
    for (Kind kind : Kind.values()) {
      try (SmallModel model = new SmallModel(kind, middle)) {
        Op train =
            new FirstOrder(model.graph.graph, TrainingOptions.sgdm(RATE, 0)).minimize(model.loss);
        model.start();
        List<String> names = List.of("first/kernel", "bias", "second/kernel", "last/kernel");
        List<double[]> before = names.stream().map(model.graph::value).toList();
        List<double[]> expected = differences(model);
        model.graph.run(train);
        for (int i = 0; i < names.size(); i++) {
          double[] after = model.graph.value(names.get(i));
          double largest = Arrays.stream(expected.get(i)).map(Math::abs).max().orElseThrow();
          for (int j = 0; j < after.length; j++) {
            assertThat((before.get(i)[j] - after[j]) / RATE)
                .as("%s, %s variables, %s[%d]", name, kind, names.get(i), j)
                .isCloseTo(expected.get(i)[j], within(CLOSE * Math.max(1, largest)));
          }
        }
      }
    }
  }

  /** By feeding the reads of the weights. */
  private static List<double[]> differences(SmallModel model) {
    List<double[]> all = new ArrayList<>();
    for (Output<?> weight : model.weights) {
      double[] center = model.graph.fetch(weight);
      double[] derivative = new double[center.length];
      for (int i = 0; i < center.length; i++) {
        double[] moved = center.clone();
        moved[i] = center[i] + STEP;
        model.graph.feed(weight, weight.shape(), moved);
        double above = model.graph.fetch(model.loss)[0];
        moved[i] = center[i] - STEP;
        model.graph.feed(weight, weight.shape(), moved);
        derivative[i] = (above - model.graph.fetch(model.loss)[0]) / (2 * STEP);
      }
      model.graph.stopFeeding(weight);
      all.add(derivative);
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource
  void whereTensorFlowIsRightItsOwnBackwardPassIsUsed(Kind kind) {
    try (SmallModel ours = new SmallModel(kind, (tf, x) -> tf.math.sigmoid(x));
        SmallModel theirs = new SmallModel(kind, (tf, x) -> tf.math.sigmoid(x))) {
      new Gradients(ours.graph.graph).add(List.of(ours.loss.asOutput()), ours.weights);
      theirs.graph.graph.addGradients(
          null,
          new Output<?>[] {theirs.loss.asOutput()},
          theirs.weights.toArray(Output<?>[]::new),
          null);
      assertThat(names(ours.graph.graph)).isEqualTo(names(theirs.graph.graph));
    }
  }

  private static List<String> names(Graph graph) {
    List<String> names = new ArrayList<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      names.add(all.next().name());
    }
    return names;
  }

  @Test
  void aVariableBeforeAFourierTransformIsRejectedByName() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Operand<TFloat32> loss = spectrum(graph);
      int before = names(graph.graph).size();
      FirstOrder optimizer = new FirstOrder(graph.graph, TrainingOptions.sgdm(RATE, 0));
      int built = names(graph.graph).size();

      assertThatThrownBy(() -> optimizer.minimize(loss))
          .isInstanceOf(GradientException.class)
          .hasMessageContainingAll(
              "found RFFT 'RFFT'", "'first/kernel'", "freeze", "VariableFilter")
          .message()
          .doesNotContain("\n");
      assertThat(names(graph.graph)).hasSize(built).hasSizeGreaterThan(before);
    }
  }

  @Test
  void aFrozenVariableBeforeAFourierTransformDoesNotKeepTheRestFromTraining() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Operand<TFloat32> loss = spectrum(graph);
      Op train =
          new FirstOrder(
                  graph.graph,
                  TrainingOptions.sgdm(RATE, 0).withVariables(VariableFilter.matching("head/*")))
              .minimize(loss);
      graph.start();
      double[] first = graph.value("first/kernel");
      double[] head = graph.value("head/kernel");
      graph.run(train);
      assertThat(graph.value("first/kernel")).isEqualTo(first);
      assertThat(graph.value("head/kernel")).isNotEqualTo(head);
    }
  }

  private static Operand<TFloat32> spectrum(TestGraph<TFloat32> graph) {
    Ops tf = graph.tf;
    Operand<TFloat32> x = graph.constant(Shape.of(2, 3), TestGraph.random(5, 6));
    Operand<TFloat32> hidden =
        tf.linalg.matMul(x, graph.variable("first/kernel", 1, Shape.of(3, 8)));
    Output<?> transformed =
        tf.scope()
            .opBuilder("RFFT", "RFFT")
            .addInput(hidden.asOutput())
            .addInput(tf.constant(new int[] {8}).asOutput())
            .build()
            .output(0);
    Output<TFloat32> real =
        tf.scope()
            .opBuilder("Real", "Real")
            .addInput(transformed)
            .setAttr("Tout", DataType.DT_FLOAT)
            .build()
            .output(0);
    return graph.halfSquare(
        tf.linalg.matMul(real, graph.variable("head/kernel", 2, Shape.of(5, 2))));
  }

  @Test
  void branchesOfTheFirstKindAreRejected() {
    try (SmallModel model =
        new SmallModel(
            Kind.RESOURCE,
            (tf, x) -> {
              var split = tf.switchCond(x, tf.constant(true));
              return tf.<TFloat64>merge(
                      List.of(tf.math.neg(split.outputTrue()), split.outputFalse()))
                  .output();
            })) {
      assertThatThrownBy(
              () ->
                  new FirstOrder(model.graph.graph, TrainingOptions.sgdm(RATE, 0))
                      .minimize(model.loss))
          .isInstanceOf(GradientException.class)
          .message()
          .contains("'first/kernel'", "'bias'", "'second/kernel'")
          .containsPattern("(Switch|Merge) '");
    }
  }

  @Test
  void aLossThatAnotherIsComputedFromCountsTwice() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Operand<TFloat64> weight = graph.variable("weight", Shape.of(2), 3, -2);
      Operand<TFloat64> inner = graph.halfSquare(weight);
      Operand<TFloat64> outer = graph.tf.math.square(inner);
      List<Output<?>> gradients =
          new Gradients(graph.graph)
              .add(List.of(inner.asOutput(), outer.asOutput()), List.of(weight.asOutput()));
      graph.start();
      // d/dw (s + s²) = (1 + 2 s) w with s = 6.5
      assertThat(graph.fetch(gradients.get(0))).containsExactly(14 * 3, 14 * -2);
    }
  }

  @Test
  void halfPrecisionOnTheWayIsPassed() {
    for (Class<? extends TNumber> narrow :
        List.<Class<? extends TNumber>>of(TFloat16.class, TBfloat16.class)) {
      try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
        Ops tf = graph.tf;
        Operand<TFloat32> weight = graph.variable("weight", Shape.of(2), 0.5, -1);
        Operand<? extends TNumber> cast = tf.dtypes.cast(weight, narrow);
        Operand<TFloat32> erfc = tf.dtypes.cast(tf.math.erfc(cast), TFloat32.class);
        List<Output<?>> gradients =
            new Gradients(graph.graph)
                .add(List.of(graph.sum(erfc).asOutput()), List.of(weight.asOutput()));
        graph.start();
        double[] found = graph.fetch(gradients.get(0));
        assertThat(found[0]).isCloseTo(slopeOfErfc(0.5), within(0.02));
        assertThat(found[1]).isCloseTo(slopeOfErfc(-1), within(0.02));
      }
    }
  }

  private static double slopeOfErfc(double x) {
    return -2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
  }

  @Test
  void eightBitsAreRejected() {
    try (TestGraph<TFloat32> graph = new TestGraph<>(TFloat32.class, Kind.RESOURCE)) {
      Operand<TFloat32> weight = graph.variable("weight", Shape.of(2), 0.5, -1);
      Output<?> eight = cast(graph.tf, weight.asOutput(), DataType.DT_FLOAT8_E4M3FN);
      @SuppressWarnings("unchecked") // its type is given
      Output<TFloat32> back = (Output<TFloat32>) cast(graph.tf, eight, DataType.DT_FLOAT);

      assertThatThrownBy(
              () ->
                  new FirstOrder(graph.graph, TrainingOptions.sgdm(RATE, 0))
                      .minimize(graph.halfSquare(back)))
          .isInstanceOf(GradientException.class)
          .hasMessageContainingAll("Cast '", "'weight'", "16 bits");
    }
  }

  private static Output<?> cast(Ops tf, Output<?> value, DataType type) {
    return tf.scope()
        .opBuilder("Cast", "Cast")
        .addInput(value)
        .setAttr("DstT", type)
        .build()
        .output(0);
  }

  @Test
  void roundingEndsTheWayAndIsNamed() {
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      Ops tf = graph.tf;
      Operand<TFloat64> rounded = graph.variable("rounded", Shape.of(2), 3.2, -2);
      Operand<TFloat64> trained = graph.variable("trained", Shape.of(2), 1, 2);
      Operand<TInt32> whole =
          tf.dtypes.cast(graph.variable("cast", Shape.of(2), 1, 2), TInt32.class);
      FirstOrder optimizer = new FirstOrder(graph.graph, TrainingOptions.sgdm(RATE, 0));
      optimizer.minimize(
          graph.halfSquare(
              tf.math.add(
                  tf.math.add(tf.math.round(rounded), trained),
                  tf.dtypes.cast(whole, TFloat64.class))));
      assertThat(optimizer.scanReport().toString())
          .contains("its way to the loss ends at Round 'Round', which passes no gradient on")
          .contains("its way to the loss ends at Cast 'Cast");
    }
  }
}
