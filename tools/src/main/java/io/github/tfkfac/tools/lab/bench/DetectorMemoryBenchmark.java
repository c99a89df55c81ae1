package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.train.Feeds;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorMemory;
import io.github.tfkfac.tools.detect.NoiseScene;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.memory.StepModel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * Trains a detector on noise of one size and looks at the memory of every step.
 *
 * @param settings what is trained, and how many steps
 * @param scene what every image shows
 * @param earlySteps steps after which the process may not grow
 */
public record DetectorMemoryBenchmark(
    DetectionSettings settings, NoiseScene scene, long earlySteps) {

  public DetectorMemoryBenchmark {
    if (earlySteps <= 0 || settings.steps() <= earlySteps) {
      throw new IllegalArgumentException(
          "expected a first look after > 0 steps and a later last one, found "
              + earlySteps
              + " and "
              + settings.steps());
    }
  }

  /**
   * Runs the training.
   *
   * @param progress told the number of steps done after every one
   */
  public DetectorMemoryMeasurement run(LongConsumer progress) {
    DetectorConfig config = settings.config(scene.classes());
    try (Graph graph = new Graph()) {
      DetectorTraining training =
          DetectorTraining.build(
              graph, config, settings.batch(), settings.seed(), settings.optimizers(config));
      Optional<KfacOptions> options = settings.kfac(config);
      StepModel model = DetectorMemory.model(training, scene.image(), scene.objects());
      Map<StepKind, DetectorMemoryMeasurement.Peak> peaks = new EnumMap<>(StepKind.class);
      model
          .byKind(options, settings.steps())
          .forEach(
              (kind, memory) -> peaks.put(kind, new DetectorMemoryMeasurement.Peak(memory, 0, 0)));
      DetectionBatch batch = scene.batch(settings.batch(), settings.masks());
      long before = ProcessMemory.current().residentBytes();
      SessionThreads threads = new SessionThreads(settings.threads(), settings.threads());
      try (Session session = threads.open(graph)) {
        session.initialize();
        List<MemorySnapshot> looks = new ArrayList<>();
        for (long step = 0; step < settings.steps(); step++) {
          ProcessMemory.restartPeak();
          run(training, session, batch, step);
          ProcessMemory after = ProcessMemory.current();
          peaks.computeIfPresent(
              StepKind.of(options, step),
              (kind, peak) ->
                  peak.rising(
                      after.peakBytes() - before, after.peakBytes() - after.residentBytes()));
          if (step + 1 == earlySteps || step + 1 == settings.steps()) {
            looks.add(MemorySnapshot.take(step + 1, graph));
          }
          progress.accept(step + 1);
        }
        return new DetectorMemoryMeasurement(
            before, peaks, new MemoryMeasurement(looks.get(0), looks.get(1)));
      }
    }
  }

  private static void run(
      DetectorTraining training, Session session, DetectionBatch batch, long step) {
    try (Feeds feeds = training.feeder().feeds(batch, step)) {
      Session.Runner runner = feeds.to(session.runner()).addTarget(training.step());
      DetectorMemory.fetches(training).forEach(runner::fetch);
      runner.run().close();
    }
  }
}
