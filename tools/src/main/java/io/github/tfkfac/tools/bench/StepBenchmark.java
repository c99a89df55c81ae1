package io.github.tfkfac.tools.bench;

import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.optimizer.FirstOrder;
import io.github.tfkfac.optimizer.Kfac;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.optimizer.SeparateOps;
import io.github.tfkfac.optimizer.TrainingOptimizer;
import io.github.tfkfac.optimizer.TrainingOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Times the parts of an NKFAC step against a step of SGD with momentum on the same network, in one
 * process, alternating.
 *
 * @param architecture the network
 * @param image shape of an image
 * @param classes number of classes
 * @param batch batch size
 * @param rounds how often each part is timed
 */
public record StepBenchmark(
    Architecture architecture, ImageShape image, int classes, int batch, int rounds) {

  private static final long NEVER = 1L << 40;

  public StepBenchmark {
    if (batch <= 0 || rounds <= 0) {
      throw new IllegalArgumentException(
          "expected a batch size and a number of rounds > 0, found " + batch + " and " + rounds);
    }
  }

  /** What is timed. */
  public enum Part {
    MOMENTUM_STEP,
    PLAIN_STEP,
    STATISTICS_STEP,
    NEWTON_REFRESH,
    EXACT_REFRESH
  }

  /**
   * Times in milliseconds.
   *
   * @param milliseconds every measured time of each part, in order
   */
  public record Times(Map<Part, List<Double>> milliseconds) {

    /** The median of a part. */
    public double median(Part part) {
      List<Double> sorted = milliseconds.getOrDefault(part, List.of()).stream().sorted().toList();
      int n = sorted.size();
      return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }

    /** Time of an average step: plain + statistics / T_stat + Newton refresh / T_inv. */
    public double amortised(long statisticsPeriod, long inversePeriod) {
      double statistics = median(Part.STATISTICS_STEP) - median(Part.PLAIN_STEP);
      return median(Part.PLAIN_STEP)
          + statistics / statisticsPeriod
          + median(Part.NEWTON_REFRESH) / inversePeriod;
    }
  }

  /**
   * Runs the benchmark.
   *
   * @param progress told after every round
   */
  public Times run(Consumer<Integer> progress) {
    try (Side momentum =
            new Side(graph -> new FirstOrder(graph, TrainingOptions.sgdm(0.01, 5e-4)));
        Side nkfac =
            new Side(
                graph ->
                    new Kfac(
                        graph,
                        KfacOptions.nkfac().withLearningRate(0.01).withPeriods(NEVER, NEVER)))) {
      SeparateOps parts = ((Kfac) nkfac.optimizer).separateOps();
      Map<Part, Runnable> runs = new LinkedHashMap<>();
      runs.put(Part.MOMENTUM_STEP, () -> momentum.run(momentum.train));
      runs.put(Part.PLAIN_STEP, () -> nkfac.run(nkfac.train));
      runs.put(Part.STATISTICS_STEP, () -> nkfac.run(nkfac.train, parts.statistics()));
      runs.put(Part.EXACT_REFRESH, () -> nkfac.run(parts.exactRefresh()));
      runs.put(Part.NEWTON_REFRESH, () -> nkfac.run(parts.iterativeRefresh()));
      Map<Part, List<Double>> times = new LinkedHashMap<>();
      runs.keySet().forEach(part -> times.put(part, new ArrayList<>()));
      for (int i = 0; i < 2; i++) {
        runs.values().forEach(Runnable::run);
      }
      for (int round = 0; round < rounds; round++) {
        runs.forEach(
            (part, run) -> {
              long start = System.nanoTime();
              run.run();
              times.getOrDefault(part, new ArrayList<>()).add((System.nanoTime() - start) / 1e6);
            });
        progress.accept(round + 1);
      }
      return new Times(times);
    }
  }

  /** One of the two networks that are compared. */
  private final class Side implements AutoCloseable {
    private final Graph graph = new Graph();
    private final Session session;
    private final TrainingOptimizer optimizer;
    private final Op train;
    private final Placeholder<TFloat32> images;
    private final Placeholder<TInt32> labels;
    private final TFloat32 imageBatch;
    private final TInt32 labelBatch;

    Side(Function<Graph, TrainingOptimizer> factory) {
      Ops tf = Ops.create(graph);
      Shape shape = Shape.of(-1, image.height(), image.width(), image.channels());
      images = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
      labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      ParameterStore<TFloat32> store = new ParameterStore<>(tf, TFloat32.class, 1);
      Operand<TFloat32> logits =
          architecture.logits(LayerContext.training(tf, store, tf.constant(0L)), images, classes);
      Operand<TFloat32> loss =
          new SoftmaxCrossEntropy()
              .loss(tf, logits, Labels.oneHot(tf, labels, classes, TFloat32.class));
      optimizer = factory.apply(graph);
      train = optimizer.minimize(loss);
      session = new Session(graph);
      session.initialize();
      Random random = new Random(1);
      float[] pixels = new float[batch * image.valueCount()];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) random.nextGaussian();
      }
      int[] classesOfBatch = random.ints(batch, 0, classes).toArray();
      imageBatch =
          TFloat32.tensorOf(
              Shape.of(batch, image.height(), image.width(), image.channels()),
              DataBuffers.of(pixels));
      labelBatch = TInt32.tensorOf(Shape.of(batch), DataBuffers.of(classesOfBatch));
    }

    void run(Op... targets) {
      Session.Runner runner = session.runner().feed(images, imageBatch).feed(labels, labelBatch);
      for (Op target : targets) {
        runner.addTarget(target);
      }
      runner.run().close();
    }

    @Override
    public void close() {
      imageBatch.close();
      labelBatch.close();
      session.close();
      graph.close();
    }
  }
}
