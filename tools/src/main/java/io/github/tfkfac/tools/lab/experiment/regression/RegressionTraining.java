package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.data.Order.Shuffle;
import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.MetricsSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * One training of a regression.
 *
 * @param settings what decides it
 * @param train training samples
 * @param test test samples
 * @param metrics takes a row per step, with the loss of its batch, and a row per epoch
 * @param stop ends it early when requested
 */
record RegressionTraining(
    RegressionSettings settings,
    Samples train,
    Samples test,
    MetricsSink metrics,
    StopSignal stop) {

  static final String LOSS = "loss";
  static final String SECONDS = "seconds";
  static final String TRAIN_LOSS = "train_loss";
  static final String TEST_LOSS = "test_loss";
  static final String EPOCH_SECONDS = "epoch_seconds";

  static final String COARSE_SHARE = "coarse_share";

  /** Columns of the metrics. */
  static List<String> columns(RegressionTask task) {
    return List.of(
        "epoch",
        LOSS,
        SECONDS,
        TRAIN_LOSS,
        "train_" + task.measured(),
        TEST_LOSS,
        "test_" + task.measured(),
        EPOCH_SECONDS,
        COARSE_SHARE);
  }

  private static final double NANOS_PER_SECOND = 1e9;

  /** Trains; the final numbers for the record, or nothing if a stop was requested. */
  Optional<Map<String, Object>> run() throws IOException {
    try (Graph graph = new Graph()) {
      RegressionGraph built = RegressionGraph.build(graph, settings, train);
      try (Session session = RegressionGraph.session(graph)) {
        session.initialize();
        Map<String, Double> row = Map.of();
        for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
          if (stop.isRequested()) {
            return Optional.empty();
          }
          row = epoch(epoch, built, session);
          metrics.write(new MetricsRow((long) epoch * settings.stepsPerEpoch(), row));
          if (!Double.isFinite(row.getOrDefault(TRAIN_LOSS, Double.NaN))) {
            return Optional.of(diverged(epoch));
          }
        }
        Map<String, Object> result = result(row, built.optimizer().health(session));
        result.putAll(settings.task().facts(train));
        return Optional.of(result);
      }
    }
  }

  private Map<String, Double> epoch(int epoch, RegressionGraph built, Session session)
      throws IOException {
    long start = System.nanoTime();
    int[] order = new Shuffle(settings.seed()).indices(train.size(), epoch - 1);
    double loss = 0;
    double measure = 0;
    double coarse = 0;
    long step = (epoch - 1L) * settings.stepsPerEpoch();
    for (int from = 0; from < order.length; from += settings.batch()) {
      long begun = System.nanoTime();
      int count = Math.min(settings.batch(), order.length - from);
      Session.Runner runner = session.runner().addTarget(built.step());
      List<Double> scores =
          scores(
              built,
              runner,
              built.training(),
              built.coarseShare(),
              train.batch(order, from, count));
      step++;
      double taken = (System.nanoTime() - begun) / NANOS_PER_SECOND;
      metrics.write(new MetricsRow(step, Map.of(LOSS, scores.get(0), SECONDS, taken)));
      loss += scores.get(0) * count / order.length;
      measure += scores.get(1) * count / order.length;
      coarse += scores.size() > 2 ? scores.get(2) / settings.stepsPerEpoch() : 0;
    }
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    List<Double> tested = scores(built, session.runner(), built.test(), Optional.empty(), test);
    Map<String, Double> row = new LinkedHashMap<>();
    row.put("epoch", (double) epoch);
    row.put(TRAIN_LOSS, loss);
    row.put("train_" + settings.task().measured(), measure);
    row.put(TEST_LOSS, tested.get(0));
    row.put("test_" + settings.task().measured(), tested.get(1));
    row.put(EPOCH_SECONDS, seconds);
    if (built.coarseShare().isPresent()) {
      row.put(COARSE_SHARE, coarse);
    }
    return row;
  }

  /** Loss and measure, then the further number if there is one. */
  private static List<Double> scores(
      RegressionGraph built,
      Session.Runner runner,
      RegressionGraph.Scores scores,
      Optional<Operand<TFloat64>> further,
      Samples samples) {
    runner.fetch(scores.loss()).fetch(scores.measure());
    further.ifPresent(runner::fetch);
    try (TFloat32 inputs = samples.inputTensor(TFloat32.class);
        TFloat32 targets = samples.targetTensor(TFloat32.class);
        Result result = runner.feed(built.inputs(), inputs).feed(built.targets(), targets).run()) {
      List<Double> numbers = new ArrayList<>();
      for (int i = 0; i < (further.isPresent() ? 3 : 2); i++) {
        numbers.add(((TFloat64) result.get(i)).getDouble());
      }
      return numbers;
    }
  }

  private static Map<String, Object> result(Map<String, Double> last, TrainingHealth health) {
    Map<String, Object> result = new LinkedHashMap<>(last);
    result.put("steps", health.steps());
    result.put("health", health);
    return result;
  }

  private Map<String, Object> diverged(int epoch) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("diverged", "the training loss of epoch " + epoch + " is not finite");
    result.put("steps", (long) epoch * settings.stepsPerEpoch());
    return result;
  }
}
