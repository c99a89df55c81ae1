package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.data.Augmentation;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.BatcherPosition;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.data.GeneratedImages;
import io.github.tfkfac.models.train.TrainingListener.HealthReport;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.models.train.TrainingResult.Outcome;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;
import org.tensorflow.types.TFloat32;

class TrainerTest {

  private static final Mlp NETWORK = new Mlp(6);

  private final TrainingListener listener = mock(TrainingListener.class);

  private static OptimizerFactory sgdm(double learningRate) {
    return graph -> new FirstOrder(graph, TrainingOptions.sgdm(learningRate, 0));
  }

  private static TinyRun<TFloat32> run() {
    return TinyRun.of(NETWORK, sgdm(0.05));
  }

  private static TrainingPlan<BatchPlan> steps(long count) {
    return TrainingPlan.of(TinyRun.batches(), TrainingLength.steps(count));
  }

  private static CheckpointFolder folder(Path root) {
    return new CheckpointFolder(root, 5);
  }

  private List<StepReport> stepReports() {
    ArgumentCaptor<StepReport> reports = ArgumentCaptor.forClass(StepReport.class);
    verify(listener, atLeastOnce()).stepped(reports.capture());
    return reports.getAllValues();
  }

  /** Requests a stop when a step is done. */
  private static TrainingListener stopAt(long step, StopSignal stop) {
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {
        if (report.step() == step) {
          stop.request();
        }
      }
    };
  }

  @Test
  void listenersHearEverythingInOrder(@TempDir Path root) {
    try (TinyRun<TFloat32> run = run()) {
      TrainingPlan<BatchPlan> plan =
          TrainingPlan.of(TinyRun.batches(), TrainingLength.epochs(1))
              .withEvaluations(TinyRun.evaluation(), Period.steps(2))
              .withCheckpoints(folder(root), Period.steps(3));
      TrainingResult<ClassificationMetrics> result = run.trainer(plan, listener).train();

      InOrder order = inOrder(listener);
      order
          .verify(listener)
          .started(new StartReport(0, BatcherPosition.START, 4, Optional.empty()));
      for (long step = 1; step <= 4; step++) {
        order.verify(listener).wanted(step);
        order.verify(listener).stepped(any());
        if (step == 2 || step == 4) {
          order.verify(listener).evaluated(any());
        }
        if (step == 3 || step == 4) {
          order.verify(listener).checkpointed(root.resolve("step-0000000" + step));
        }
      }
      order.verify(listener).finished(result);
      order.verifyNoMoreInteractions();
      assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
      assertThat(result.step()).isEqualTo(4);
      assertThat(result.position()).isEqualTo(new BatcherPosition(1, 0));
      assertThat(result.checkpoint()).contains(root.resolve("step-00000004"));
      assertThat(result.evaluation().orElseThrow().images()).isEqualTo(36);
    }
  }

  @Test
  void stepsReportTheEpochTheRateAndTheTime() {
    InstantSource clock = mock(InstantSource.class);
    Instant zero = Instant.EPOCH;
    when(clock.instant()).thenReturn(zero, zero.plusMillis(500), zero, zero.plusMillis(250));
    OptimizerFactory optimizer =
        graph ->
            new FirstOrder(
                graph,
                TrainingOptions.sgdm(0.1, 0).withLearningRate(Schedule.stepDecay(0.1, 0.5, 3)));
    try (TinyRun<TFloat32> run = TinyRun.of(NETWORK, optimizer)) {
      run.trainer(steps(5), clock, listener).train();
    }
    List<StepReport> reports = stepReports();
    assertThat(reports).extracting(StepReport::step).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(reports).extracting(StepReport::epoch).containsExactly(0, 0, 0, 0, 1);
    assertThat(reports)
        .extracting(StepReport::learningRate)
        .containsExactly(0.1, 0.1, 0.1, 0.05, 0.05);
    assertThat(reports.get(0).imagesPerSecond()).isEqualTo(16);
    assertThat(reports.get(1).imagesPerSecond()).isEqualTo(32);
    verify(listener, never()).healthChanged(any());
  }

  @Test
  void microBatchesMakeOneStep() {
    OptimizerFactory optimizer =
        graph -> new FirstOrder(graph, TrainingOptions.sgdm(0.05, 0).withAccumulation(3));
    try (TinyRun<TFloat32> run = TinyRun.of(NETWORK, optimizer)) {
      TrainingPlan<BatchPlan> plan = TrainingPlan.of(TinyRun.batches(), TrainingLength.epochs(2));
      TrainingResult<ClassificationMetrics> result = run.trainer(plan, listener).train();
      assertThat(result.step()).isEqualTo(3);
      assertThat(result.position()).isEqualTo(new BatcherPosition(2, TinyRun.BATCH_SIZE));
      verify(listener).started(new StartReport(0, BatcherPosition.START, 3, Optional.empty()));
      assertThat(stepReports()).extracting(StepReport::images).containsOnly(24);
    }
  }

  @Test
  void aStopRequestFinishesTheStepAndSaves(@TempDir Path root) {
    try (TinyRun<TFloat32> run = run()) {
      TrainingPlan<BatchPlan> plan = steps(9).withCheckpoints(folder(root), Period.atTheEnd());
      TrainingResult<ClassificationMetrics> result =
          run.trainer(plan, listener, stopAt(3, run.stop)).train();
      assertThat(result.outcome()).isEqualTo(Outcome.INTERRUPTED);
      assertThat(result.step()).isEqualTo(3);
      assertThat(result.checkpoint()).contains(root.resolve("step-00000003"));
      InOrder order = inOrder(listener);
      order.verify(listener, times(3)).stepped(any());
      order.verify(listener).checkpointed(root.resolve("step-00000003"));
      order.verify(listener).interrupted(result);
      verify(listener, never()).finished(any());
    }
  }

  @Test
  void aStopRequestCutsAnEvaluationShort() {
    try (TinyRun<TFloat32> run = run()) {
      TrainingPlan<BatchPlan> plan =
          steps(2).withEvaluations(TinyRun.evaluation(), Period.atTheEnd());
      TrainingResult<ClassificationMetrics> result =
          run.trainer(plan, listener, stopAt(2, run.stop)).train();
      assertThat(result.outcome()).isEqualTo(Outcome.INTERRUPTED);
      verify(listener, never()).evaluated(any());
    }
  }

  @Test
  void theStateBeforeAnImageThatCannotBeReadIsSaved(@TempDir Path root) {
    AtomicInteger read = new AtomicInteger();
    Augmentation broken =
        (scaled, shape, random, target, offset) -> {
          if (read.incrementAndGet() > 2 * TinyRun.BATCH_SIZE) {
            throw DataException.of(root, "an image", "none", "repair it");
          }
        };
    TrainingPlan<BatchPlan> plan =
        TrainingPlan.of(TinyRun.batches().withAugmentation(broken), TrainingLength.steps(9))
            .withCheckpoints(folder(root), Period.atTheEnd());
    try (TinyRun<TFloat32> run = run()) {
      assertThatThrownBy(() -> run.trainer(plan, listener).train())
          .isInstanceOf(DataException.class);
    }
    verify(listener).checkpointed(root.resolve("step-00000002"));
    verify(listener, never()).interrupted(any());
  }

  @Test
  void aLossThatIsNotFiniteEndsTraining(@TempDir Path root) {
    try (TinyRun<TFloat32> run = TinyRun.of(NETWORK, sgdm(1e30))) {
      TrainingPlan<BatchPlan> plan = steps(50).withCheckpoints(folder(root), Period.steps(1));
      TrainingDivergedException diverged =
          catchThrowableOfType(
              TrainingDivergedException.class, () -> run.trainer(plan, listener).train());
      List<StepReport> reports = stepReports();
      assertThat(diverged.step()).isEqualTo(reports.size()).isBetween(2L, 10L);
      assertThat(reports.get(reports.size() - 1).loss()).isNotFinite();
      assertThat(diverged)
          .hasMessageContaining("loss of step " + diverged.step() + " is ")
          .hasMessageNotContaining("\n");
      // The checkpoint before the last has seen a step with a finite loss, the last has not.
      Optional<Path> good =
          diverged.step() > 2
              ? Optional.of(root.resolve(String.format("step-%08d", diverged.step() - 2)))
              : Optional.empty();
      assertThat(diverged.lastGoodCheckpoint()).isEqualTo(good);
      verify(listener, never()).finished(any());
    }
  }

  @Test
  void tooManySkippedStepsInARowEndTraining() {
    try (TinyRun<TFloat32> run = TinyRun.of(new InfiniteGradients(), sgdm(0.1))) {
      TrainingPlan<BatchPlan> plan = steps(50).withSkippedStepsLimit(4);
      assertThatThrownBy(() -> run.trainer(plan, listener).train())
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("4 steps were skipped up to step 4");
      assertThat(stepReports()).allMatch(report -> Double.isFinite(report.loss()));
      ArgumentCaptor<HealthReport> changes = ArgumentCaptor.forClass(HealthReport.class);
      verify(listener, times(4)).healthChanged(changes.capture());
      assertThat(changes.getAllValues()).allMatch(HealthReport::skipped);
    }
  }

  @Test
  void sgdmReducesTheLoss() {
    reducesTheLoss(sgdm(0.2));
  }

  @Test
  void nkfacReducesTheLoss() {
    reducesTheLoss(
        graph -> new Kfac(graph, KfacOptions.nkfac().withLearningRate(0.1).withPeriods(2, 6)));
  }

  private void reducesTheLoss(OptimizerFactory optimizer) {
    BatchPlan everything =
        BatchPlan.training(TinyRun.IMAGES, TinyRun.SCALING, TinyRun.IMAGES.size(), 1);
    try (TinyRun<TFloat32> run = TinyRun.of(new SmallNetwork(0), optimizer)) {
      run.trainer(TrainingPlan.of(everything, TrainingLength.steps(60)), listener).train();
      List<StepReport> reports = stepReports();
      assertThat(reports.get(59).loss()).isLessThan(0.5 * reports.get(0).loss());
      assertThat(reports.get(59).accuracy()).isGreaterThan(reports.get(0).accuracy());
    }
  }

  @Test
  void trainingAddsNothingToTheGraph(@TempDir Path root) {
    OptimizerFactory nkfac = graph -> new Kfac(graph, KfacOptions.nkfac().withPeriods(2, 4));
    TrainingPlan<BatchPlan> plan =
        steps(9)
            .withEvaluations(TinyRun.evaluation(), Period.steps(3))
            .withCheckpoints(folder(root), Period.steps(3));
    try (TinyRun<TFloat32> run = TinyRun.of(new SmallNetwork(0.2), nkfac)) {
      long before = run.operations();
      run.trainer(plan).train();
      assertThat(run.operations()).isEqualTo(before);
    }
  }

  @Test
  void aResumedRunNeedsTheSameSettings(@TempDir Path root) {
    TrainingPlan<BatchPlan> plan =
        steps(2)
            .withCheckpoints(folder(root), Period.atTheEnd())
            .withSettings(Map.of("learning-rate", "0.05"));
    try (TinyRun<TFloat32> run = run()) {
      Path checkpoint = run.trainer(plan).train().checkpoint().orElseThrow();
      TrainingPlan<BatchPlan> other = plan.withSettings(Map.of("learning-rate", "0.5"));
      assertThatThrownBy(() -> run.trainer(other).resume(checkpoint))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("learning-rate = 0.5")
          .hasMessageContaining("0.05")
          .hasMessageNotContaining("\n");
      assertThatThrownBy(() -> run.trainer(plan).resume(root.resolve("step-00000001")))
          .isInstanceOf(CheckpointException.class);
    }
  }

  @Test
  void aCompleteRunCanBeMadeLonger(@TempDir Path root) {
    TrainingPlan<BatchPlan> plan = steps(3).withCheckpoints(folder(root), Period.atTheEnd());
    try (TinyRun<TFloat32> run = run()) {
      Path checkpoint = run.trainer(plan).train().checkpoint().orElseThrow();
      TrainingPlan<BatchPlan> longer = steps(5).withCheckpoints(folder(root), Period.atTheEnd());
      TrainingResult<ClassificationMetrics> result =
          run.trainer(longer, listener).resume(checkpoint);
      verify(listener)
          .started(
              new StartReport(
                  3, new BatcherPosition(0, 3 * TinyRun.BATCH_SIZE), 5, Optional.of(checkpoint)));
      assertThat(stepReports()).extracting(StepReport::step).containsExactly(4L, 5L);
      assertThat(result.step()).isEqualTo(5);
    }
  }

  @Test
  void dataThatDoNotFitTheClassifierAreRejected() {
    BatchPlan larger = BatchPlan.training(GeneratedImages.of(8, 9, 9, 1, 3), TinyRun.SCALING, 4, 1);
    try (TinyRun<TFloat32> run = run()) {
      assertThatThrownBy(() -> run.trainer(TrainingPlan.of(larger, TrainingLength.epochs(1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("8x8x3")
          .hasMessageContaining("9x9x3");
    }
  }
}
