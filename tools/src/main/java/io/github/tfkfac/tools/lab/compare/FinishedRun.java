package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.run.MetricsListener;
import io.github.tfkfac.tools.run.RunCurves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run of a comparison that has ended.
 *
 * @param arm its arm's label
 * @param seed its seed
 * @param record its record, with the result
 * @param rows its metrics
 */
public record FinishedRun(String arm, long seed, RunRecord record, List<MetricsRow> rows) {

  private static final Pattern FOLDER = Pattern.compile("(.+)-seed(-?\\d+)");

  /** Whether a folder's name is that of a run of a comparison. */
  static boolean isRun(Path folder) {
    return FOLDER.matcher(folder.getFileName().toString()).matches();
  }

  /** The run in a folder, unless it has not ended. */
  public static Optional<FinishedRun> read(Path path) throws IOException {
    Matcher name = FOLDER.matcher(path.getFileName().toString());
    RunFolder folder = new RunFolder(path);
    if (!name.matches() || !Files.isRegularFile(folder.record())) {
      return Optional.empty();
    }
    RunRecord record = RunRecord.read(folder);
    return record.result().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FinishedRun(
                name.group(1),
                Long.parseLong(name.group(2)),
                record,
                MetricsCsv.read(folder.metrics())));
  }

  /** Reason why the run could not be finished, if it could not. */
  public Optional<String> divergence() {
    return Optional.ofNullable(record.result().get("diverged")).map(Object::toString);
  }

  /** Accuracy on the test images at the end, 0 to 1; NaN if the run diverged. */
  public double testAccuracy() {
    return result("test_accuracy");
  }

  /** Loss on the test images at the end. */
  public double testLoss() {
    return result("test_loss");
  }

  /** Test images of the last evaluation. */
  public long testImages() {
    return (long) result("test_images");
  }

  /** Time of the whole run: building, steps, evaluations, checkpoints. */
  public double wallSeconds() {
    return result("wall_seconds");
  }

  /** Refreshes of the inverses by the exact solver. */
  public long exactRefreshes() {
    return health("exactRefreshes");
  }

  /** Refreshes of the inverses by Newton's iteration. */
  public long newtonRefreshes() {
    return health("iterativeRefreshes");
  }

  /** Steps that were skipped because a gradient was not finite. */
  public long skippedSteps() {
    return health("skippedSteps");
  }

  /** Training steps done. */
  public long steps() {
    return rows.stream().mapToLong(MetricsRow::step).max().orElse(0);
  }

  /** The evaluation with the best accuracy, the first of equals. */
  public Optional<MetricsRow> bestEvaluation() {
    return rows.stream()
        .filter(row -> row.values().containsKey(MetricsListener.TEST_ACCURACY))
        .max(Comparator.comparingDouble(FinishedRun::accuracy).thenComparing(row -> -row.step()));
  }

  private static double accuracy(MetricsRow row) {
    return row.values().getOrDefault(MetricsListener.TEST_ACCURACY, Double.NaN);
  }

  /** Seconds of every step but the first, in which TensorFlow prepares the graph. */
  public List<Double> stepSeconds() {
    return rows.stream()
        .filter(row -> row.step() > 1 && row.values().containsKey(MetricsListener.SECONDS))
        .map(row -> row.values().getOrDefault(MetricsListener.SECONDS, 0.0))
        .toList();
  }

  /** Seconds of training until each step is done, evaluations and checkpoints left out. */
  public Map<Double, Double> secondsUntil() {
    Map<Double, Double> seconds = new TreeMap<>();
    double sum = 0;
    for (Curve.Point point : RunCurves.of(rows, MetricsListener.SECONDS)) {
      sum += point.y();
      seconds.put(point.x(), sum);
    }
    return seconds;
  }

  private double result(String name) {
    return record.result().get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  private long health(String name) {
    return record.result().get("health") instanceof Map<?, ?> health
            && health.get(name) instanceof Number number
        ? number.longValue()
        : 0;
  }
}
