package io.github.tfkfac.internal.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.testing.RuleCase;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Every update rule in a whole optimizer, on a reference and a resource variable. */
@ParameterizedClass
@MethodSource("rules")
class UpdateRuleTrainingTest {

  private static final double FLOAT64_TOLERANCE = 1e-12;
  private static final double FLOAT32_TOLERANCE = 1e-6;
  private static final int STEPS = 50;
  private static final int REPETITIONS = 10;
  private static final int REPEATED_STEPS = 20;
  private static final double RATE = 0.01;
  private static final double DECAY = 0.1;
  private static final long SEED = 41;

  private static final Map<String, Shape> SHAPES =
      Map.of("reference", Shape.of(2, 3), "resource", Shape.of(5));

  private static final ConfigProto AS_BUILT =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
          .build();

  @Parameter RuleCase rule;

  static Stream<RuleCase> rules() {
    return RuleCase.usual();
  }

  @Test
  void followsTheFormulaInFloat64() {
    assertFollows(TFloat64.class, FLOAT64_TOLERANCE);
  }

  @Test
  void followsTheFormulaInFloat32() {
    assertFollows(TFloat32.class, FLOAT32_TOLERANCE);
  }

  @Test
  void followsAWeightDecaySchedule() {
    assertFollows(
        TFloat64.class,
        FLOAT64_TOLERANCE,
        options().withWeightDecay(Schedule.stepDecay(DECAY, 0.5, 4)),
        t -> DECAY * Math.pow(0.5, Math.floor((t - 1) / 4.0)));
  }

  @Test
  void repeatedRunsAreTheSameBitForBit() {
    try (Run<TFloat32> run = new Run<>(TFloat32.class, options())) {
      run.steps(1, REPEATED_STEPS);
      Map<String, List<Double>> first = run.everyVariable();
      for (int i = 1; i < REPETITIONS; i++) {
        run.startAgain();
        run.steps(1, REPEATED_STEPS);
        assertThat(run.everyVariable()).as("run %d", i + 1).isEqualTo(first);
      }
    }
  }

  @Test
  void aRestoredRunContinuesBitForBit(@TempDir Path folder) {
    Path saved = folder.resolve("saved");
    int at = STEPS / 3;
    Map<String, List<Double>> expected;
    try (Run<TFloat32> run = new Run<>(TFloat32.class, options())) {
      run.steps(1, at);
      run.checkpoint.save(run.session, saved, Map.of());
      run.steps(at + 1, STEPS);
      expected = run.everyVariable();
    }
    try (Run<TFloat32> other = new Run<>(TFloat32.class, options())) {
      other.steps(1, 2);
      other.checkpoint.restore(other.session, saved);
      other.steps(at + 1, STEPS);
      assertThat(other.everyVariable()).isEqualTo(expected);
    }
  }

  private TrainingOptions options() {
    return TrainingOptions.sgdm(RATE, DECAY).withRule(rule.rule());
  }

  private interface DecayAt {
    double at(int t);
  }

  private void assertFollows(Class<? extends TNumber> type, double tolerance) {
    assertFollows(type, tolerance, options(), t -> DECAY);
  }

  /** The loss's gradient is the difference between the variable and what is fed. */
  private <T extends TNumber> void assertFollows(
      Class<T> type, double tolerance, TrainingOptions options, DecayAt decay) {
    Map<String, double[]> weights = new TreeMap<>();
    Map<String, double[][]> slots = new TreeMap<>();
    SHAPES.forEach(
        (name, shape) -> {
          weights.put(name, initial(name, type));
          slots.put(name, new double[rule.rule().slots().size()][Math.toIntExact(shape.size())]);
        });
    try (Run<T> run = new Run<>(type, options)) {
      for (int t = 1; t <= STEPS; t++) {
        run.steps(t, t);
        Map<String, List<Double>> actual = run.everyVariable();
        for (String name : SHAPES.keySet()) {
          double[] weight = weights.get(name);
          double[] gradient = weight.clone();
          double[] target = target(name, t, type);
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] -= target[i];
          }
          rule.plain().step(weight, gradient, slots.get(name), t, RATE, decay.at(t));
          double[] found = actual.get(name).stream().mapToDouble(Double::doubleValue).toArray();
          assertThat(Tensors.relativeError(found, weight))
              .as("%s, seed %d: relative error of '%s' after step %d", type, SEED, name, t)
              .isLessThanOrEqualTo(tolerance);
        }
      }
    }
  }

  private static double[] initial(String name, Class<?> type) {
    return rounded(TestGraph.random(SEED + name.length(), SHAPES.get(name).size()), type);
  }

  /** Large early targets make the largest second moment differ from the current one. */
  private static double[] target(String name, int t, Class<?> type) {
    double[] values = TestGraph.random(SEED + 100L * t + name.length(), SHAPES.get(name).size());
    return rounded(Arrays.stream(values).map(v -> t < 5 ? 3 * v : v).toArray(), type);
  }

  private static double[] rounded(double[] values, Class<?> type) {
    return type == TFloat64.class
        ? values
        : Arrays.stream(values).map(value -> (float) value).toArray();
  }

  /**
   * Half the squared distance of both variables from fed values, on all threads; the graph runs as
   * built.
   */
  private static final class Run<T extends TNumber> implements AutoCloseable {
    private final TestGraph<T> graph;
    private final Class<T> type;
    private final Map<String, Placeholder<T>> targets = new TreeMap<>();
    private final Map<String, Operand<?>> reads = new LinkedHashMap<>();
    private final Op train;
    final Checkpoint checkpoint;
    private Session session;

    Run(Class<T> type, TrainingOptions options) {
      this.type = type;
      graph = new TestGraph<>(type, TestGraph.Kind.REFERENCE);
      Operand<T> loss = graph.constant(Shape.scalar(), 0);
      for (TestGraph.Kind kind : TestGraph.Kind.values()) {
        String name = kind.name().toLowerCase(Locale.ROOT);
        Shape shape = SHAPES.get(name);
        Operand<T> weight = graph.read(graph.declare(kind, name, shape, initial(name, type)));
        Placeholder<T> target = graph.input(shape);
        targets.put(name, target);
        reads.put(name, weight);
        loss = graph.tf.math.add(loss, graph.halfSquare(graph.tf.math.sub(weight, target)));
      }
      FirstOrder optimizer = new FirstOrder(graph.graph, options);
      train = optimizer.minimize(loss);
      for (GraphVariable<?> variable : optimizer.stateVariables()) {
        reads.put(variable.name(), variable.read(graph.tf));
      }
      checkpoint = Checkpoint.of(graph.graph);
      session = started();
    }

    /** Gives every variable its initial value. */
    void startAgain() {
      session.close();
      session = started();
    }

    private Session started() {
      Session started = new Session(graph.graph, AS_BUILT);
      started.initialize();
      return started;
    }

    /** Trains from one step to another, both included, counted from 1. */
    void steps(int from, int to) {
      for (int t = from; t <= to; t++) {
        Session.Runner runner = session.runner().addTarget(train);
        try (T reference = tensor("reference", t);
            T resource = tensor("resource", t)) {
          runner.feed(targets.get("reference"), reference);
          runner.feed(targets.get("resource"), resource);
          runner.run().close();
        }
      }
    }

    private T tensor(String name, int t) {
      return Tensors.of(type, SHAPES.get(name), target(name, t, type));
    }

    Map<String, List<Double>> everyVariable() {
      Session.Runner runner = session.runner();
      reads.values().forEach(runner::fetch);
      Map<String, List<Double>> values = new TreeMap<>();
      try (Result result = runner.run()) {
        int index = 0;
        for (String name : reads.keySet()) {
          values.put(name, Arrays.stream(Tensors.values(result.get(index++))).boxed().toList());
        }
      }
      return values;
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
