package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.train.DetectionEvaluator;
import io.github.tfkfac.detection.train.DetectionListener;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.RunMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes every step and evaluation of a detector's run to its metrics file. */
final class DetectorMetrics extends RunMetrics implements DetectionListener {

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
          SECONDS,
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

  DetectorMetrics(RunFolder folder) {
    super(folder, COLUMNS);
  }

  @Override
  protected void addTo(Map<String, Double> values, StepReport report) {
    report.losses().forEach((name, value) -> values.put(TERM + name.replace(' ', '_'), value));
    values.put("newton_steps", (double) report.health().newtonSteps());
    values.put("full_newton_steps", (double) report.health().fullNewtonSteps());
  }

  @Override
  public void evaluated(long step, DetectionEvaluator.Outcome outcome) {
    Map<String, Double> values = new LinkedHashMap<>();
    add(values, BOX, outcome.boxes().metrics().byName());
    outcome.masks().ifPresent(masks -> add(values, MASK, masks.metrics().byName()));
    write(step, values);
  }

  private static void add(Map<String, Double> values, String prefix, Map<String, Double> numbers) {
    for (String name : List.of("AP", "AP50", "AP75")) {
      values.put(prefix + name, numbers.getOrDefault(name, -1.0));
    }
  }
}
