package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.models.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * Trains on noise and looks at the memory early and at the end.
 *
 * @param spec the network
 * @param options the optimizer
 * @param batch batch size
 * @param earlySteps steps before the first look
 * @param steps steps before the last look
 * @param threads threads of the session
 */
public record MemoryBenchmark(
    ClassifierSpec<TFloat32> spec,
    KfacOptions options,
    int batch,
    long earlySteps,
    long steps,
    SessionThreads threads) {

  private static final long SEED = 1;
  private static final int BATCHES_PER_EPOCH = 4;

  public MemoryBenchmark {
    if (batch <= 0) {
      throw new IllegalArgumentException("expected a batch size > 0, found " + batch);
    }
    if (earlySteps <= 0 || steps <= earlySteps) {
      throw new IllegalArgumentException(
          "expected a first look after > 0 steps and a later last one, found "
              + earlySteps
              + " and "
              + steps);
    }
  }

  /**
   * Runs the training.
   *
   * @param progress told the number of steps done after every one
   */
  public MemoryMeasurement run(LongConsumer progress) {
    try (Graph graph = new Graph()) {
      TrainingGraph<TFloat32> training =
          TrainingGraph.build(graph, spec, sameGraph -> new Kfac(sameGraph, options));
      try (Session session = threads.open(graph)) {
        session.initialize();
        List<MemorySnapshot> taken = new ArrayList<>();
        TrainingListener listener =
            new TrainingListener() {
              @Override
              public void stepped(StepReport report) {
                if (report.step() == earlySteps || report.step() == steps) {
                  taken.add(MemorySnapshot.take(report.step(), graph));
                }
                progress.accept(report.step());
              }
            };
        new Trainer<>(training, session, plan(), List.of(listener), new StopSignal()).train();
        return new MemoryMeasurement(taken.get(0), taken.get(1));
      }
    }
  }

  private TrainingPlan<BatchPlan> plan() {
    int images = BATCHES_PER_EPOCH * batch;
    Random random = new Random(SEED);
    byte[] pixels = new byte[Math.multiplyExact(images, spec.images().valueCount())];
    random.nextBytes(pixels);
    ImageDataset noise =
        ImageDataset.of(
            "noise",
            spec.images(),
            IntStream.range(0, spec.classes()).mapToObj(String::valueOf).toList(),
            pixels,
            random.ints(images, 0, spec.classes()).toArray());
    return TrainingPlan.of(
        BatchPlan.training(noise, PixelScaling.ofDataset(noise), batch, SEED),
        TrainingLength.steps(steps));
  }
}
