package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.KerasReference.Variable;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Models of Keras and TensorFlow against what stock TensorFlow computes from them. */
class KerasModelsTest {

  /** Relative to the largest value of the tensor. */
  private static final double SAME = 1e-5;

  /** The same where sums are rounded to float16. */
  private static final double SAME_IN_HALF = 2e-2;

  /** The same where sums are rounded to bfloat16. */
  private static final double SAME_IN_BFLOAT = 1e-1;

  /** Tensors smaller than this are compared as if they were of this size. */
  private static final double LEAST_SCALE = 1e-3;

  /** Rounding of a float32 value to its neighbor, twice. */
  private static final double ROUNDING = 2.4e-7;

  /** Trained matrices and kernels that no layer captures, and why that is right. */
  private static final Map<String, Set<String>> WITHOUT_LAYER =
      Map.of(
          "gradient_recomputed", // inside a function with a gradient of its own
          Set.of("recomputed/table", "recomputed/kernel"),
          "vision_transformer", // added to the sequence, multiplied with nothing
          Set.of("embedding/token", "embedding/position"));

  @TempDir Path folder;

  private static List<String> names() {
    return KerasModel.names();
  }

  @Test
  void thereAreModels() {
    assertThat(KerasModel.names()).hasSizeGreaterThanOrEqualTo(30);
    assertThat(KerasModel.names()).containsAll(WITHOUT_LAYER.keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void outputsAndOneStepAreThoseOfStockTensorFlow(String name) {
    KerasModel model = KerasModel.unpack(name, folder.resolve(name));
    KerasReference reference = model.reference();
    try (KerasGraph graph = KerasGraph.open(model)) {
      Operand<?> loss = graph.loss();
      Op step = graph.plainStep(loss);
      Map<Variable, Operand<?>> reads = reads(graph, reference);
      try (Session session = graph.session()) {
        for (KerasReference.Output output : reference.outputs()) {
          assertSame(
              "output " + output.name(),
              graph.fetch(session, graph.model().output(output.name())),
              output.values().asFloat64(),
              tolerance(name));
        }
      }
      try (Session session = graph.session()) {
        assertThat(graph.fetch(session, loss)[0])
            .isCloseTo(reference.loss(), within(tolerance(name) * reference.loss()));
        Map<Variable, double[]> before = graph.fetchAll(session, reads);
        graph.run(session, step);
        Map<Variable, double[]> after = graph.fetchAll(session, reads);
        assertSoftly(
            softly ->
                reads
                    .keySet()
                    .forEach(
                        variable ->
                            softly
                                .assertThat(
                                    problem(
                                        variable,
                                        before.get(variable),
                                        after.get(variable),
                                        tolerance(name)))
                                .as(variable.name())
                                .isEmpty()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyKeyOfAnExportHoldsTheNewValueAndTheRestIsUntouched(String name) {
    KerasModel model = KerasModel.unpack(name, folder.resolve(name));
    KerasReference reference = model.reference();
    Path target = folder.resolve("trained");
    Map<Variable, double[]> trained;
    Map<String, double[]> served = new LinkedHashMap<>();
    try (KerasGraph graph = KerasGraph.open(model)) {
      Op step = graph.plainStep(graph.loss());
      Map<Variable, Operand<?>> reads = reads(graph, reference);
      try (Session session = graph.session()) {
        graph.run(session, step);
        trained = graph.fetchAll(session, reads);
        reference
            .outputs()
            .forEach(
                one ->
                    served.put(one.name(), graph.fetch(session, graph.model().output(one.name()))));
        ModelExport.write(graph.model(), session, target);
      }
    }
    assertWritten(model, target, trained);
    try (KerasGraph graph = KerasGraph.open(new KerasModel(target, reference));
        Session session = graph.session()) {
      served.forEach(
          (output, values) ->
              assertThat(graph.fetch(session, graph.model().output(output)))
                  .as("output %s of the export", output)
                  .containsExactly(values));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void kernelsAreCapturedAndAStepOfKfacIsFinite(String name) {
    kernelsAreCaptured(name, KfacOptions.nkfac(), folder.resolve("nkfac"));
    kernelsAreCaptured(name, KfacOptions.kfac(), folder.resolve("kfac"));
    if (name.equals("vision_transformer")) {
      kernelsAreCaptured(name, KfacOptions.ekfac(), folder.resolve("ekfac"));
    }
  }

  /** Reads of every variable that the graph has; all that a step changes must be among them. */
  private static Map<Variable, Operand<?>> reads(KerasGraph graph, KerasReference reference) {
    Ops tf = Ops.create(graph.model().graph());
    Map<String, Variable> known = graph.variables();
    Map<Variable, Operand<?>> reads = new LinkedHashMap<>();
    for (GraphVariable<?> variable : graph.model().graphVariables().values()) {
      if (known.containsKey(variable.name())) {
        reads.put(known.get(variable.name()), variable.read(tf));
      }
    }
    assertThat(reads.keySet())
        .containsAll(
            reference.variables().stream().filter(one -> one.gradient().isPresent()).toList());
    return reads;
  }

  private static double tolerance(String name) {
    if (name.contains("bfloat16")) {
      return SAME_IN_BFLOAT;
    }
    return name.contains("float16") ? SAME_IN_HALF : SAME;
  }

  private static void assertSame(String what, double[] found, double[] expected, double tolerance) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(found)
        .as(what)
        .usingComparatorWithPrecision(tolerance * Math.max(largest, LEAST_SCALE))
        .containsExactly(expected);
  }

  private static void assertWritten(
      KerasModel model, Path target, Map<Variable, double[]> trained) {
    Map<String, ByteBuffer> before = SavedValues.of(model.folder());
    Map<String, ByteBuffer> after = SavedValues.of(target);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertSoftly(
        softly ->
            before.forEach(
                (key, value) -> {
                  Variable variable = model.reference().withKey(key).orElse(null);
                  if (variable == null || variable.gradient().isEmpty()) {
                    softly.assertThat(after.get(key)).as("untouched " + key).isEqualTo(value);
                  } else {
                    double[] expected = trained.get(variable);
                    softly
                        .assertThat(SavedValues.numbers(after.get(key), expected.length))
                        .as(variable.name() + " under " + key)
                        .isEqualTo(expected);
                  }
                }));
  }

  /** What is wrong with a step from one value to the next; empty if nothing is. */
  private static String problem(
      Variable variable, double[] before, double[] after, double tolerance) {
    double[] gradient =
        variable.gradient().map(NpyArray::asFloat64).orElseGet(() -> new double[before.length]);
    double largest = Arrays.stream(gradient).map(Math::abs).max().orElse(0);
    double values = Arrays.stream(before).map(Math::abs).max().orElse(0);
    double allowed =
        variable.gradient().isEmpty()
            ? 0
            : tolerance * Math.max(largest, LEAST_SCALE) * KerasGraph.LEARNING_RATE
                + ROUNDING * values;
    double worst = 0;
    for (int i = 0; i < gradient.length; i++) {
      worst =
          Math.max(
              worst, Math.abs(after[i] - (before[i] - KerasGraph.LEARNING_RATE * gradient[i])));
    }
    return worst <= allowed
        ? ""
        : "off by %.2e with a largest gradient of %.2e%s"
            .formatted(worst, largest, Arrays.equals(before, after) ? "; unchanged" : "");
  }

  private static void kernelsAreCaptured(String name, KfacOptions options, Path into) {
    KerasModel model = KerasModel.unpack(name, into);
    try (KerasGraph graph = KerasGraph.open(model)) {
      TrainingOptimizer optimizer =
          new Kfac(
              graph.model().graph(),
              options.withLearningRate(1e-3).withVariables(graph.model().trainableFilter()));
      Operand<?> loss = graph.loss();
      Op step = optimizer.minimize(loss);
      assertThat(graph.plainKernels(optimizer.scanReport()))
          .as("kernels without layer of\n%s", optimizer.scanReport())
          .isEqualTo(WITHOUT_LAYER.getOrDefault(name, Set.of()));
      try (Session session = graph.session()) {
        graph.run(session, step);
        assertThat(optimizer.health(session).isSound()).isTrue();
        assertThat(optimizer.health(session).appliedUpdates()).isOne();
        assertThat(graph.fetch(session, loss)[0]).isFinite();
      }
    }
  }
}
