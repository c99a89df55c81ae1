package io.github.tfkfac.models.train;

import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.train.TrainingListener.HealthReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.models.train.TrainingPlan.Checkpoints;
import io.github.tfkfac.models.train.TrainingPlan.Evaluations;
import io.github.tfkfac.models.train.TrainingResult.Outcome;
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
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** One call of a {@link Trainer}: the loop and what changes in it. */
final class TrainingRun<P, B, E> {

  private static final long NONE = -1;

  private final Trainable<P, B, E> trained;
  private final Session session;
  private final TrainingPlan<P> plan;
  private final List<TrainingListener> listeners;
  private final LoopExchange exchange;
  private final InstantSource clock;
  private final Optional<Path> resumedFrom;
  private final Divergence divergence;
  private final Optional<DampingAdaptation> adaptation;

  private BatcherPosition position;
  private TrainingHealth health;
  private Optional<StepReport> last = Optional.empty();
  private Optional<E> evaluation = Optional.empty();
  private long evaluatedStep = NONE;
  private Optional<Path> checkpoint;
  private long savedStep = NONE;
  private boolean betweenSteps = true;

  TrainingRun(
      Trainable<P, B, E> trained,
      Session session,
      TrainingPlan<P> plan,
      List<TrainingListener> listeners,
      LoopExchange exchange,
      InstantSource clock,
      BatcherPosition start,
      Optional<Path> resumedFrom) {
    this.trained = trained;
    this.session = session;
    this.plan = plan;
    this.listeners = listeners;
    this.exchange = exchange;
    this.clock = clock;
    this.resumedFrom = resumedFrom;
    this.checkpoint = resumedFrom;
    this.divergence = new Divergence(plan.skippedStepsLimit(), resumedFrom);
    this.adaptation =
        trained.optimizer() instanceof Kfac kfac ? kfac.dampingAdaptation() : Optional.empty();
    this.position = start;
    this.health = trained.optimizer().health(session);
  }

  TrainingResult<E> run() {
    long totalSteps =
        plan.length()
            .totalSteps(
                trained.batchesPerEpoch(plan.batches()), trained.optimizer().microBatches());
    tell(l -> l.started(new StartReport(health.steps(), position, totalSteps, resumedFrom)));
    try {
      train();
      return complete() ? finish() : interrupt();
    } catch (DataException unreadable) {
      if (betweenSteps && exchange.count() == 1) { // others are in a step
        saveUnlessSaved();
      }
      throw unreadable;
    }
  }

  private void train() {
    try (BatchSource<B> batches = trained.batches(plan.batches(), position)) {
      while (!complete() && !exchange.isStopRequested()) {
        Progress progress = step(batches);
        plan.evaluations().filter(some -> some.period().due(progress)).ifPresent(this::evaluate);
        plan.checkpoints().filter(some -> some.period().due(progress)).ifPresent(this::save);
      }
    }
  }

  private boolean complete() {
    return plan.length().reached(health.steps(), position);
  }

  private Progress step(BatchSource<B> batches) {
    TrainingHealth healthBefore = health;
    BatcherPosition before = position;
    StepReport report = measuredStep(batches);
    health = report.health();
    position = batches.position();
    last = Optional.of(report);
    betweenSteps = true;
    tell(l -> l.stepped(report));
    HealthReport change = new HealthReport(report.step(), healthBefore, health);
    if (!change.isEmpty()) {
      tell(l -> l.healthChanged(change));
    }
    divergence.stepped(report, change);
    return new Progress(report.step(), before, position);
  }

  private StepReport measuredStep(BatchSource<B> batches) {
    Instant start = clock.instant();
    long step = health.steps();
    int microBatches = trained.optimizer().microBatches();
    int terms = trained.losses().size();
    double[] sums = new double[terms + 2];
    List<Long> ids = new ArrayList<>();
    double learningRate = 0;
    TrainingHealth after = health;
    for (int i = 0; i < microBatches; i++) {
      B batch = batches.next();
      betweenSteps = false;
      ids.addAll(trained.ids(batch));
      WantedValues wanted =
          i == microBatches - 1 ? WantedValues.of(listeners, step + 1) : WantedValues.none();
      try (Feeds feeds = trained.feeds(batch, step, exchange.randomKey(step))) {
        try (Result result = runStep(feeds, wanted)) {
          learningRate = ((TFloat64) result.get(0)).getDouble();
          after = TrainingHealth.of((TInt64) result.get(1));
          int next = 2;
          for (int term = 0; term < terms; term++) {
            sums[term] += number(result.get(next++)) / microBatches;
          }
          if (trained.correct().isPresent()) {
            sums[terms] += ((TInt64) result.get(next++)).getLong();
          }
          wanted.handOver(result, next, after.steps());
        }
        adaptDamping(feeds, after.steps());
      }
      sums[terms + 1] += trained.size(batch);
    }
    double[] all = exchange.sums(sums);
    Map<String, Double> losses = new LinkedHashMap<>();
    trained
        .losses()
        .keySet()
        .forEach(name -> losses.put(name, all[losses.size()] / exchange.count()));
    return new StepReport(
        after.steps(),
        position.epoch(),
        losses,
        trained.correct().isPresent() ? all[terms] / all[terms + 1] : Double.NaN,
        learningRate,
        (int) all[terms + 1],
        exchange.gathered(ids),
        Duration.between(start, clock.instant()),
        after);
  }

  private Result runStep(Feeds feeds, WantedValues wanted) {
    TrainingOptimizer optimizer = trained.optimizer();
    Session.Runner runner =
        feeds
            .to(session.runner())
            .addTarget(trained.step())
            .fetch(optimizer.learningRate())
            .fetch(optimizer.healthAfterStep());
    trained.losses().values().forEach(runner::fetch);
    trained.correct().ifPresent(runner::fetch);
    return wanted.addTo(runner).run();
  }

  private static double number(Tensor value) {
    return value instanceof TFloat64 wide ? wide.getDouble() : ((TFloat32) value).getFloat();
  }

  /** Random numbers of the loss are those of the step, which are drawn by the steps before it. */
  private void adaptDamping(Feeds feeds, long step) {
    if (adaptation.isEmpty() || !adaptation.get().due(step)) {
      return;
    }
    try (TInt64 before = TInt64.scalarOf(step - 1)) {
      feeds
          .to(session.runner())
          .addTarget(adaptation.get().op())
          .feed(trained.optimizer().stepsDone(), before)
          .run()
          .close();
    }
  }

  private void evaluate(Evaluations<P> evaluations) {
    LoopExchange.Shared<E> evaluated =
        exchange.onChief(stop -> trained.evaluate(session, evaluations.batches(), stop));
    if (evaluated.done()) {
      evaluation = evaluated.result();
      evaluatedStep = health.steps();
    }
    evaluated
        .result()
        .ifPresent(found -> tell(l -> trained.report(found, evaluatedStep, position.epoch(), l)));
  }

  private void save(Checkpoints checkpoints) {
    savedStep = health.steps();
    RunRecord record = new RunRecord(position, RunRecord.settings(trained, plan));
    exchange
        .saved(
            savedStep,
            () ->
                checkpoints
                    .folder()
                    .save(trained.checkpoint(), session, savedStep, record.entries()))
        .ifPresent(
            saved -> {
              checkpoint = Optional.of(saved);
              divergence.checkpointed(saved);
              tell(l -> l.checkpointed(saved));
            });
  }

  private TrainingResult<E> finish() {
    plan.evaluations().filter(some -> evaluatedStep != health.steps()).ifPresent(this::evaluate);
    if (plan.evaluations().isPresent() && evaluatedStep != health.steps()) {
      return interrupt();
    }
    saveUnlessSaved();
    TrainingResult<E> result = result(Outcome.FINISHED);
    tell(l -> l.finished(result));
    return result;
  }

  private TrainingResult<E> interrupt() {
    saveUnlessSaved();
    TrainingResult<E> result = result(Outcome.INTERRUPTED);
    tell(l -> l.interrupted(result));
    return result;
  }

  private void saveUnlessSaved() {
    plan.checkpoints().filter(some -> savedStep != health.steps()).ifPresent(this::save);
  }

  private TrainingResult<E> result(Outcome outcome) {
    return new TrainingResult<>(outcome, health.steps(), position, last, evaluation, checkpoint);
  }

  private void tell(Consumer<TrainingListener> message) {
    listeners.forEach(message);
  }
}
