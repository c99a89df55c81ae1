package io.github.tfkfac.detection.train;

import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionBatcher;
import io.github.tfkfac.detection.predict.MaskPaster;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.train.LoopExchange;
import io.github.tfkfac.models.train.Progress;
import io.github.tfkfac.models.train.RunRecord;
import io.github.tfkfac.models.train.TrainingListener;
import io.github.tfkfac.models.train.TrainingListener.HealthReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingPlan;
import io.github.tfkfac.models.train.WantedValues;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** One call of a {@link DetectionTrainer}: the loop and what changes in it. */
final class DetectionRun {

  private static final long NONE = -1;

  private final DetectorTraining training;
  private final Session session;
  private final DetectionTrainingPlan plan;
  private final List<TrainingListener> listeners;
  private final LoopExchange exchange;
  private final InstantSource clock;
  private final Optional<DampingAdaptation> adaptation;

  private BatcherPosition position;
  private TrainingHealth health;
  private Optional<Path> checkpoint;
  private long savedStep = NONE;
  private long evaluatedStep = NONE;
  private int skippedInARow;
  private boolean betweenSteps = true;

  DetectionRun(
      DetectorTraining training,
      Session session,
      DetectionTrainingPlan plan,
      List<TrainingListener> listeners,
      LoopExchange exchange,
      InstantSource clock,
      BatcherPosition start,
      Optional<Path> checkpoint) {
    this.training = training;
    this.session = session;
    this.plan = plan;
    this.listeners = listeners;
    this.exchange = exchange;
    this.clock = clock;
    this.position = start;
    this.checkpoint = checkpoint;
    this.health = training.optimizer().health(session);
    this.adaptation =
        training.optimizer() instanceof Kfac kfac ? kfac.dampingAdaptation() : Optional.empty();
  }

  Optional<Path> run() {
    long total =
        plan.length()
            .totalSteps(plan.batches().batchesPerEpoch(), training.optimizer().microBatches());
    tell(
        listener -> listener.started(new StartReport(health.steps(), position, total, checkpoint)));
    try {
      train();
      if (complete()) {
        plan.evaluations()
            .filter(some -> evaluatedStep != health.steps())
            .ifPresent(this::evaluate);
      }
    } catch (DataException unreadable) {
      if (betweenSteps && exchange.count() == 1) { // others are in a step
        saveLast();
      }
      throw unreadable;
    }
    saveLast();
    return checkpoint;
  }

  private void train() {
    try (DetectionBatcher batches =
        DetectionBatcher.endless(plan.batches(), position, plan.prefetch())) {
      while (!complete() && !exchange.isStopRequested()) {
        Progress progress = step(batches);
        plan.evaluations().filter(some -> some.period().due(progress)).ifPresent(this::evaluate);
        plan.checkpoints().filter(some -> some.period().due(progress)).ifPresent(this::save);
      }
    }
  }

  private void saveLast() {
    plan.checkpoints().filter(some -> savedStep != health.steps()).ifPresent(this::save);
  }

  private boolean complete() {
    return plan.length().reached(health.steps(), position);
  }

  private Progress step(DetectionBatcher batches) {
    BatcherPosition before = position;
    TrainingHealth healthBefore = health;
    DetectionStep step = measuredStep(batches);
    health = step.health();
    position = batches.position();
    betweenSteps = true;
    tellDetectors(listener -> listener.stepped(step));
    tell(listener -> listener.stepped(step.report()));
    HealthReport change = new HealthReport(step.step(), healthBefore, health);
    if (!change.isEmpty()) {
      tell(listener -> listener.healthChanged(change));
    }
    requireFinite(step, change.skipped());
    return new Progress(step.step(), before, position);
  }

  private DetectionStep measuredStep(DetectionBatcher batches) {
    Instant start = clock.instant();
    int microBatches = training.optimizer().microBatches();
    Map<String, Double> losses = new LinkedHashMap<>();
    List<Long> images = new ArrayList<>();
    double learningRate = 0;
    TrainingHealth after = health;
    for (int i = 0; i < microBatches; i++) {
      DetectionBatch batch = batches.next();
      batch.sources().forEach(source -> images.add(source.image().id()));
      betweenSteps = false;
      WantedValues wanted =
          i == microBatches - 1
              ? WantedValues.of(listeners, health.steps() + 1)
              : WantedValues.none();
      try (Feeds feeds = feeds(batch)) {
        try (Result result = runStep(feeds, wanted)) {
          List<String> names = training.network().losses().names();
          for (int term = 0; term < names.size(); term++) {
            double loss = ((TFloat32) result.get(term)).getFloat() / (double) microBatches;
            losses.merge(names.get(term), loss, Double::sum);
          }
          learningRate = ((TFloat64) result.get(names.size())).getDouble();
          after = TrainingHealth.of((TInt64) result.get(names.size() + 1));
          wanted.handOver(result, names.size() + 2, after.steps());
        }
        adaptDamping(feeds, after.steps());
      }
    }
    return new DetectionStep(
        after.steps(),
        position.epoch(),
        means(losses),
        learningRate,
        exchange.gathered(images),
        Duration.between(start, clock.instant()),
        after);
  }

  private Feeds feeds(DetectionBatch batch) {
    long step = health.steps();
    return training.feeder().feeds(batch, step, exchange.randomKey(step));
  }

  /** The losses of all workers' parts of the batches. */
  private Map<String, Double> means(Map<String, Double> own) {
    double[] sums = exchange.sums(own.values().stream().mapToDouble(loss -> loss).toArray());
    Map<String, Double> means = new LinkedHashMap<>();
    own.keySet().forEach(name -> means.put(name, sums[means.size()] / exchange.count()));
    return means;
  }

  private Result runStep(Feeds feeds, WantedValues wanted) {
    TrainingOptimizer optimizer = training.optimizer();
    Session.Runner runner = feeds.to(session.runner()).addTarget(training.step());
    training.network().losses().terms().forEach(runner::fetch);
    runner.fetch(optimizer.learningRate()).fetch(optimizer.healthAfterStep());
    return wanted.addTo(runner).run();
  }

  private void adaptDamping(Feeds feeds, long step) {
    if (adaptation.isPresent() && adaptation.get().due(step)) {
      feeds.to(session.runner()).addTarget(adaptation.get().op()).run().close();
    }
  }

  private void requireFinite(DetectionStep step, boolean skipped) {
    step.losses()
        .forEach(
            (term, loss) -> {
              if (!Double.isFinite(loss)) {
                throw DetectionDivergedException.ofLoss(term, loss, step, checkpoint);
              }
            });
    skippedInARow = skipped ? skippedInARow + 1 : 0;
    if (skippedInARow >= plan.skippedStepsLimit()) {
      throw DetectionDivergedException.ofSkippedSteps(skippedInARow, step, checkpoint);
    }
  }

  private void evaluate(DetectionTrainingPlan.Evaluations evaluations) {
    DetectionEvaluator evaluator =
        new DetectionEvaluator(
            new Predictor(training.inference(), training.config(), session),
            new MaskPaster(training.config().profile().maskPaste()));
    LoopExchange.Shared<DetectionEvaluator.Outcome> evaluated =
        exchange.onChief(stop -> evaluator.evaluate(evaluations.batches(), plan.prefetch(), stop));
    if (evaluated.done()) {
      evaluatedStep = health.steps();
    }
    evaluated
        .result()
        .ifPresent(
            outcome -> tellDetectors(listener -> listener.evaluated(evaluatedStep, outcome)));
  }

  private void save(TrainingPlan.Checkpoints checkpoints) {
    savedStep = health.steps();
    RunRecord record = new RunRecord(position, plan.settingsOf(training));
    exchange
        .saved(
            savedStep,
            () ->
                checkpoints
                    .folder()
                    .save(training.checkpoint(), session, savedStep, record.entries()))
        .ifPresent(
            saved -> {
              checkpoint = Optional.of(saved);
              tell(listener -> listener.checkpointed(saved));
            });
  }

  private void tell(Consumer<TrainingListener> message) {
    listeners.forEach(message);
  }

  private void tellDetectors(Consumer<DetectionListener> message) {
    listeners.stream()
        .filter(DetectionListener.class::isInstance)
        .map(DetectionListener.class::cast)
        .forEach(message);
  }
}
