package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.TrainingGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.RunOptions.TraceLevel;
import org.tensorflow.types.TFloat32;

/** A classifier with its optimizer in a session, and one batch of noise that every step sees. */
final class TrainingProbe implements AutoCloseable {
  private static final long SEED = 1;
  private static final String STEP_COUNTER = "kfac/step";

  private final Graph graph = new Graph();
  private final TrainingGraph<TFloat32> training;
  private final Session session;
  private final TFloat32 images;
  private final TFloat32 labels;
  private final NetworkStart start;

  /** Builds everything, sets the initial values and runs the first step. */
  TrainingProbe(
      ClassifierSpec<TFloat32> spec, int batch, SessionThreads threads, OptimizerFactory factory) {
    List<TrainingGraph<TFloat32>> built = new ArrayList<>();
    double build =
        Stopwatch.milliseconds(() -> built.add(TrainingGraph.build(graph, spec, factory)));
    training = built.get(0);
    long operations = GraphSize.operations(graph);
    session = threads.open(graph);
    session.initialize();
    Random random = new Random(SEED);
    images = noise(random, spec, batch);
    labels = oneHot(random, spec, batch);
    start = new NetworkStart(operations, build, Stopwatch.milliseconds(this::step));
  }

  TrainingGraph<TFloat32> training() {
    return training;
  }

  NetworkStart start() {
    return start;
  }

  TrainingHealth health() {
    return training.optimizer().health(session);
  }

  void step() {
    run(training.step());
  }

  /** Sets the number of steps that the optimizer takes for done. */
  void skipTo(long step) {
    Ops tf = Ops.create(graph);
    Output<?> counter = graph.operationOrThrow(STEP_COUNTER).output(0);
    run(tf.assignVariableOp(counter, tf.constant(step)));
  }

  void run(Op... targets) {
    runner(targets).run().close();
  }

  /** Runs the operations and records when each ran. */
  StepTrace trace(Op... targets) {
    RunOptions traced = RunOptions.newBuilder().setTraceLevel(TraceLevel.FULL_TRACE).build();
    try (Result result = runner(targets).setOptions(traced).runAndFetchMetadata()) {
      return StepTrace.of(result.getMetadata().orElseThrow());
    }
  }

  private Session.Runner runner(Op... targets) {
    Session.Runner runner =
        session
            .runner()
            .feed(training.classifier().images(), images)
            .feed(training.classifier().labels(), labels);
    for (Op target : targets) {
      runner.addTarget(target);
    }
    return runner;
  }

  @Override
  public void close() {
    images.close();
    labels.close();
    session.close();
    graph.close();
  }

  static TFloat32 noise(Random random, ClassifierSpec<?> spec, int batch) {
    float[] pixels = new float[Math.multiplyExact(batch, spec.images().valueCount())];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    Shape shape =
        Shape.of(batch, spec.images().height(), spec.images().width(), spec.images().channels());
    return TFloat32.tensorOf(shape, DataBuffers.of(pixels));
  }

  static TFloat32 oneHot(Random random, ClassifierSpec<?> spec, int batch) {
    float[] rows = new float[batch * spec.classes()];
    for (int i = 0; i < batch; i++) {
      rows[i * spec.classes() + random.nextInt(spec.classes())] = 1;
    }
    return TFloat32.tensorOf(Shape.of(batch, spec.classes()), DataBuffers.of(rows));
  }
}
