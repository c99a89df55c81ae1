package io.github.tfkfac.models.train;

import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.BatchSource;
import io.github.tfkfac.models.data.Batcher;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.PrefetchingBatcher;
import io.github.tfkfac.models.train.TrainingListener.EvaluationReport;
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
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** One call of a {@link Trainer}: the loop and what changes in it. */
final class TrainingRun<T extends TNumber> {

  private static final long NONE = -1;

  /** Values fetched for the report of every step. */
  private static final int REPORTED = 4;

  private final TrainingGraph<T> graph;
  private final Session session;
  private final TrainingPlan plan;
  private final List<TrainingListener> listeners;
  private final LoopExchange exchange;
  private final InstantSource clock;
  private final Optional<Path> resumedFrom;
  private final Divergence divergence;
  private final Optional<DampingAdaptation> adaptation;

  private BatcherPosition position;
  private TrainingHealth health;
  private Optional<ClassificationMetrics> evaluation = Optional.empty();
  private long evaluatedStep = NONE;
  private Optional<Path> checkpoint;
  private long savedStep = NONE;

  TrainingRun(
      TrainingGraph<T> graph,
      Session session,
      TrainingPlan plan,
      List<TrainingListener> listeners,
      LoopExchange exchange,
      InstantSource clock,
      BatcherPosition start,
      Optional<Path> resumedFrom) {
    this.graph = graph;
    this.session = session;
    this.plan = plan;
    this.listeners = listeners;
    this.exchange = exchange;
    this.clock = clock;
    this.resumedFrom = resumedFrom;
    this.checkpoint = resumedFrom;
    this.divergence = new Divergence(plan.skippedStepsLimit(), resumedFrom);
    this.adaptation =
        graph.optimizer() instanceof Kfac kfac ? kfac.dampingAdaptation() : Optional.empty();
    this.position = start;
    this.health = graph.optimizer().health(session);
  }

  TrainingResult run() {
    long totalSteps =
        plan.length()
            .totalSteps(plan.batches().batchesPerEpoch(), graph.optimizer().microBatches());
    tell(l -> l.started(new StartReport(health.steps(), position, totalSteps, resumedFrom)));
    try (BatchSource batches =
        new PrefetchingBatcher(Batcher.endless(plan.batches(), position), plan.batchesAhead())) {
      while (!complete() && !exchange.isStopRequested()) {
        Progress progress = step(batches);
        plan.evaluations().filter(some -> some.period().due(progress)).ifPresent(this::evaluate);
        plan.checkpoints().filter(some -> some.period().due(progress)).ifPresent(this::save);
      }
    }
    return complete() ? finish() : interrupt();
  }

  private boolean complete() {
    return plan.length().reached(health.steps(), position);
  }

  private Progress step(BatchSource batches) {
    TrainingHealth healthBefore = health;
    BatcherPosition before = position;
    StepReport report = measuredStep(batches);
    health = report.health();
    position = batches.position();
    tell(l -> l.stepped(report));
    HealthReport change = new HealthReport(report.step(), healthBefore, health);
    if (!change.isEmpty()) {
      tell(l -> l.healthChanged(change));
    }
    divergence.stepped(report, change);
    return new Progress(report.step(), before, position);
  }

  private StepReport measuredStep(BatchSource batches) {
    Instant start = clock.instant();
    int microBatches = graph.optimizer().microBatches();
    double loss = 0;
    long correct = 0;
    int images = 0;
    double learningRate = 0;
    TrainingHealth after = health;
    for (int i = 0; i < microBatches; i++) {
      Batch batch = batches.next();
      WantedValues wanted =
          i == microBatches - 1
              ? WantedValues.of(listeners, health.steps() + 1)
              : WantedValues.none();
      try (Result result = runStep(batch, wanted)) {
        loss += ((TFloat64) result.get(0)).getDouble() / microBatches;
        correct += ((TInt64) result.get(1)).getLong();
        learningRate = ((TFloat64) result.get(2)).getDouble();
        after = TrainingHealth.of((TInt64) result.get(REPORTED - 1));
        wanted.handOver(result, REPORTED, after.steps());
      }
      adaptDamping(batch, after.steps());
      images += batch.size();
    }
    double[] sums = exchange.sums(loss, (double) correct, images);
    return new StepReport(
        after.steps(),
        position.epoch(),
        sums[0] / exchange.count(),
        sums[1] / sums[2],
        learningRate,
        (int) sums[2],
        Duration.between(start, clock.instant()),
        after);
  }

  private Result runStep(Batch batch, WantedValues wanted) {
    Pass<T> pass = graph.training();
    TrainingOptimizer optimizer = graph.optimizer();
    Session.Runner runner =
        session
            .runner()
            .addTarget(graph.step())
            .fetch(pass.lossValue())
            .fetch(pass.correct())
            .fetch(optimizer.learningRate())
            .fetch(optimizer.healthAfterStep());
    return graph.classifier().run(wanted.addTo(runner), batch);
  }

  /** Random numbers of the loss are those of the step, which are drawn by the steps before it. */
  private void adaptDamping(Batch batch, long step) {
    if (adaptation.isEmpty() || !adaptation.get().due(step)) {
      return;
    }
    try (TInt64 before = TInt64.scalarOf(step - 1)) {
      Session.Runner runner =
          session
              .runner()
              .addTarget(adaptation.get().op())
              .feed(graph.optimizer().stepsDone(), before);
      graph.classifier().run(runner, batch).close();
    }
  }

  private void evaluate(Evaluations evaluations) {
    LoopExchange.Shared<ClassificationMetrics> evaluated =
        exchange.onChief(
            stop ->
                new Evaluator<>(graph.classifier(), session).evaluate(evaluations.batches(), stop));
    if (evaluated.done()) {
      evaluation = evaluated.result();
      evaluatedStep = health.steps();
    }
    evaluated
        .result()
        .ifPresent(
            found ->
                tell(
                    l ->
                        l.evaluated(new EvaluationReport(evaluatedStep, position.epoch(), found))));
  }

  private void save(Checkpoints checkpoints) {
    savedStep = health.steps();
    RunRecord record = new RunRecord(position, RunRecord.settings(graph, plan));
    exchange
        .saved(
            savedStep,
            () ->
                checkpoints.folder().save(graph.checkpoint(), session, savedStep, record.entries()))
        .ifPresent(
            saved -> {
              checkpoint = Optional.of(saved);
              divergence.checkpointed(saved);
              tell(l -> l.checkpointed(saved));
            });
  }

  private TrainingResult finish() {
    plan.evaluations().filter(some -> evaluatedStep != health.steps()).ifPresent(this::evaluate);
    if (plan.evaluations().isPresent() && evaluatedStep != health.steps()) {
      return interrupt();
    }
    saveUnlessSaved();
    TrainingResult result = result(Outcome.FINISHED);
    tell(l -> l.finished(result));
    return result;
  }

  private TrainingResult interrupt() {
    saveUnlessSaved();
    TrainingResult result = result(Outcome.INTERRUPTED);
    tell(l -> l.interrupted(result));
    return result;
  }

  private void saveUnlessSaved() {
    plan.checkpoints().filter(some -> savedStep != health.steps()).ifPresent(this::save);
  }

  private TrainingResult result(Outcome outcome) {
    return new TrainingResult(outcome, health.steps(), position, evaluation, checkpoint);
  }

  private void tell(Consumer<TrainingListener> message) {
    listeners.forEach(message);
  }
}
