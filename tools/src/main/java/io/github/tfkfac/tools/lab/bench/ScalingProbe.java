package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.tools.lab.bench.ScalingMeasurement.Exchange;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.RunOptions.TraceLevel;
import org.tensorflow.types.TFloat32;

/**
 * One worker of a measurement: a classifier with its optimizer in a session, and one batch of noise
 * that every step sees. All workers make the same runs.
 */
final class ScalingProbe implements AutoCloseable {

  private static final long SEED = 1;
  private static final String STEP_COUNTER = "kfac/step";
  private static final int WARM_UP = 1;

  private final Graph graph = new Graph();
  private final ScalingBenchmark settings;
  private final ScalingArm arm;
  private final ClusterSession worker;
  private final TrainingGraph<TFloat32> training;
  private final Map<ScalingStep, Op> starts = new EnumMap<>(ScalingStep.class);
  private final Session session;
  private final TFloat32 images;
  private final TFloat32 labels;

  /**
   * Builds everything and sets the initial values.
   *
   * @param sessions opens a session of the worker
   */
  ScalingProbe(
      ScalingBenchmark settings,
      ScalingArm arm,
      ClusterSession worker,
      BiFunction<ClusterSession, Graph, Session> sessions) {
    this.settings = settings;
    this.arm = arm;
    this.worker = worker;
    ClassifierSpec<TFloat32> spec = settings.spec();
    training =
        TrainingGraph.build(
            graph,
            spec,
            built ->
                arm.create(
                    built,
                    worker.workers(),
                    settings.statisticsPeriod(),
                    settings.inversePeriod()));
    // Before the first run: a graph that grows later has its exchanges counted from new.
    Ops tf = Ops.create(graph);
    for (ScalingStep kind : settings.kinds(arm)) {
      if (arm != ScalingArm.MOMENTUM) {
        Output<?> counter = graph.operationOrThrow(STEP_COUNTER).output(0);
        long number = kind.number(settings.statisticsPeriod(), settings.inversePeriod());
        starts.put(kind, tf.assignVariableOp(counter, tf.constant(number)));
      }
    }
    session = sessions.apply(worker, graph);
    worker.initialize(session);
    Random random = new Random(SEED);
    images = TrainingProbe.noise(random, spec, settings.batch());
    labels = TrainingProbe.oneHot(random, spec, settings.batch());
  }

  /** Times every kind of step and traces one of each. */
  ScalingMeasurement measure() {
    int workers = worker.cluster().count();
    Map<ScalingStep, Spread> times = new EnumMap<>(ScalingStep.class);
    Map<ScalingStep, List<Exchange>> exchanges = new EnumMap<>(ScalingStep.class);
    Set<String> before = new HashSet<>();
    step(); // The first one, with everything due.
    for (ScalingStep kind : settings.kinds(arm)) {
      List<Double> milliseconds = new ArrayList<>();
      for (int round = -WARM_UP; round < settings.rounds(); round++) {
        start(kind);
        double time = Stopwatch.milliseconds(this::step);
        if (round >= 0) {
          milliseconds.add(time);
        }
      }
      times.put(kind, Spread.of(milliseconds));
      StepTrace trace = trace(kind);
      exchanges.put(kind, exchanges(kind, trace, workers, before));
    }
    return new ScalingMeasurement(arm, workers, settings.batch(), stateBytes(), times, exchanges);
  }

  /** A trace of a step of a kind, after others. */
  StepTrace trace(ScalingStep kind) {
    start(kind);
    RunOptions traced = RunOptions.newBuilder().setTraceLevel(TraceLevel.FULL_TRACE).build();
    try (Result result =
        runner().addTarget(training.step()).setOptions(traced).runAndFetchMetadata()) {
      return StepTrace.of(result.getMetadata().orElseThrow());
    }
  }

  /** The purposes follow from the kind of step in which an exchange appears first. */
  private List<Exchange> exchanges(
      ScalingStep kind, StepTrace trace, int workers, Set<String> before) {
    Map<String, Set<String>> purposes =
        trace.kernels().stream()
            .filter(ExchangeTrace::isExchange)
            .filter(kernel -> !before.contains(kernel.operation()))
            .collect(
                Collectors.groupingBy(
                    kernel -> purpose(kind, kernel),
                    Collectors.mapping(StepTrace.Kernel::operation, Collectors.toSet())));
    List<Exchange> found = new ArrayList<>();
    purposes.forEach(
        (purpose, names) -> {
          found.add(
              new Exchange(
                  purpose, ExchangeTrace.of(trace, workers, names::contains, this::bytes)));
          before.addAll(names);
        });
    return found;
  }

  private static String purpose(ScalingStep kind, StepTrace.Kernel kernel) {
    return switch (kind) {
      case PLAIN -> kernel.type().startsWith("CollectiveReduce") ? "gradients" : "directions";
      case STATISTICS -> "second moments";
      case REFRESH -> "results of refreshes";
    };
  }

  private long bytes(String operation) {
    Output<?> value = graph.operationOrThrow(operation).output(0);
    return value.shape().size() * ElementSize.of(value.type());
  }

  private long stateBytes() {
    long bytes = 0;
    for (GraphVariable<?> variable : training.optimizer().stateVariables()) {
      bytes += variable.shape().size() * ElementSize.of(variable.type());
    }
    return bytes;
  }

  private void start(ScalingStep kind) {
    Optional.ofNullable(starts.get(kind))
        .ifPresent(start -> session.runner().addTarget(start).run().close());
  }

  private void step() {
    runner().addTarget(training.step()).run().close();
  }

  private Session.Runner runner() {
    return session
        .runner()
        .feed(training.classifier().images(), images)
        .feed(training.classifier().labels(), labels);
  }

  @Override
  public void close() {
    images.close();
    labels.close();
    session.close();
    graph.close();
  }
}
