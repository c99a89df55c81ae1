package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.detection.train.DetectionStep;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes every step and evaluation of a detector's run to its metrics file. */
final class DetectorMetrics implements DetectionListener, AutoCloseable {

  static final String LOSS = "loss";
  static final String BOX = "box_";
  static final String MASK = "mask_";

  private static final String TERM = "loss_";
  private static final List<String> TERMS =
      List.of("objectness", "proposal_boxes", "classes", "boxes", "masks");
  private static final List<String> COLUMNS =
      List.of(
          "epoch",
          LOSS,
          TERM + TERMS.get(0),
          TERM + TERMS.get(1),
          TERM + TERMS.get(2),
          TERM + TERMS.get(3),
          TERM + TERMS.get(4),
          "learning_rate",
          "seconds",
          "skipped_steps",
          "exact_refreshes",
          "newton_refreshes",
          "newton_steps",
          "full_newton_steps",
          BOX + "AP",
          BOX + "AP50",
          BOX + "AP75",
          MASK + "AP",
          MASK + "AP50",
          MASK + "AP75");

  private final RunFolder folder;
  private @Nullable MetricsCsv file;

  DetectorMetrics(RunFolder folder) {
    this.folder = folder;
  }

  @Override
  public void started(long step, long totalSteps) {
    try {
      file =
          Files.exists(folder.metrics())
              ? MetricsCsv.resume(folder.metrics(), COLUMNS, step)
              : MetricsCsv.create(folder.metrics(), COLUMNS);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void stepped(DetectionStep step) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch", (double) step.epoch());
    values.put(LOSS, step.loss());
    step.losses().forEach((name, value) -> values.put(TERM + name.replace(' ', '_'), value));
    values.put("learning_rate", step.learningRate());
    values.put("seconds", step.duration().toNanos() / 1e9);
    values.put("skipped_steps", (double) step.health().skippedSteps());
    values.put("exact_refreshes", (double) step.health().exactRefreshes());
    values.put("newton_refreshes", (double) step.health().iterativeRefreshes());
    values.put("newton_steps", (double) step.health().newtonSteps());
    values.put("full_newton_steps", (double) step.health().fullNewtonSteps());
    write(new MetricsRow(step.step(), values));
  }

  @Override
  public void evaluated(long step, DetectionEvaluator.Outcome outcome) {
    Map<String, Double> values = new LinkedHashMap<>();
    add(values, BOX, outcome.boxes().metrics().byName());
    outcome.masks().ifPresent(masks -> add(values, MASK, masks.metrics().byName()));
    write(new MetricsRow(step, values));
  }

  private static void add(Map<String, Double> values, String prefix, Map<String, Double> numbers) {
    for (String name : List.of("AP", "AP50", "AP75")) {
      values.put(prefix + name, numbers.getOrDefault(name, -1.0));
    }
  }

  private void write(MetricsRow row) {
    if (file != null) {
      try {
        file.write(row);
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("the run's metrics cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
