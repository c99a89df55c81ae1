package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.GradientClipping;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingDivergedException;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.models.train.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The training loop of detectors. */
class DetectionTrainerTest {

  private static final int STEPS = 24;

  @TempDir static Path folder;

  private static ShapesDataset data;
  private static ShapesRun firstOrder;

  @BeforeAll
  static void build() {
    data = ShapesRun.data(folder.resolve("shapes"));
    TrainingOptions options =
        TrainingOptions.sgdm(0.01, 1e-4).withClipping(GradientClipping.globalNorm(10));
    firstOrder = new ShapesRun(DetectorOptimizer.firstOrder(options));
  }

  @BeforeEach
  void initialize() {
    firstOrder.restart();
  }

  @AfterAll
  static void close() {
    firstOrder.close();
  }

  /** Remembers what it hears. */
  private static final class Recorder implements DetectionListener {
    final List<StepReport> steps = new ArrayList<>();
    final List<Long> evaluations = new ArrayList<>();
    final List<DetectionEvaluator.Outcome> outcomes = new ArrayList<>();

    @Override
    public void stepped(StepReport step) {
      steps.add(step);
    }

    @Override
    public void evaluated(long step, DetectionEvaluator.Outcome outcome) {
      evaluations.add(step);
      outcomes.add(outcome);
    }

    double mean(int from, int to) {
      return steps.subList(from, to).stream().mapToDouble(StepReport::loss).sum() / (to - from);
    }
  }

  @Test
  void firstOrderTrainingLowersTheLossesAndIsEvaluated() {
    Recorder recorder = new Recorder();
    firstOrder
        .trainer(
            TrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(STEPS))
                .withEvaluations(
                    DetectionPlan.evaluation(data.val(), ShapesRun.resize(), 2),
                    Period.steps(STEPS)),
            recorder)
        .train();
    assertLearned(recorder);
    assertThat(recorder.steps.get(0).losses().keySet())
        .containsExactly("objectness", "proposal boxes", "classes", "boxes", "masks");
    assertThat(recorder.steps.get(3).epoch()).isEqualTo(1);
    assertThat(recorder.steps.get(3).ids()).hasSize(2).doesNotHaveDuplicates();
    assertThat(recorder.evaluations).containsExactly((long) STEPS);
    DetectionEvaluator.Outcome outcome = recorder.outcomes.get(0);
    assertThat(outcome.boxes().metrics().byName()).hasSize(12);
    assertThat(outcome.masks()).isPresent();
    assertThat(outcome.detections()).allMatch(found -> found.mask().isPresent());
  }

  @Test
  void kfacLowersTheLosses() {
    KfacOptions options =
        DetectorCurvature.blocks()
            .applyTo(
                KfacOptions.nkfac().withPeriods(4, 8).withLearningRate(0.01),
                TinyTraining.config());
    Recorder recorder = new Recorder();
    try (ShapesRun run = new ShapesRun(DetectorOptimizer.kfac(options))) {
      run.trainer(TrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(STEPS)), recorder)
          .train();
      assertThat(run.training.optimizer().health(run.session()).isSound()).isTrue();
    }
    assertLearned(recorder);
  }

  private static void assertLearned(Recorder recorder) {
    assertThat(recorder.steps).hasSize(STEPS);
    assertThat(recorder.mean(STEPS - 6, STEPS)).isLessThan(0.8 * recorder.mean(0, 6));
  }

  @Test
  void aLossThatIsNotFiniteIsNamedWithItsImages() {
    Parameter<TFloat32> bias =
        firstOrder.training.store().parameters().stream()
            .filter(parameter -> parameter.name().equals("roi_heads/box_predictor/bbox_pred/bias"))
            .findFirst()
            .orElseThrow();
    Ops tf = Ops.create(firstOrder.graph);
    firstOrder
        .session()
        .runner()
        .addTarget(
            tf.assign(
                bias.variable(),
                tf.fill(tf.constant(bias.shape().asArray()), tf.constant(Float.NaN))))
        .run()
        .close();
    Trainer<DetectionPlan, DetectionEvaluator.Outcome> trainer =
        firstOrder.trainer(TrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(STEPS)));
    assertThatThrownBy(trainer::train)
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageMatching(
            "expected finite losses, found NaN for 'boxes' at step 1 with the images of ids"
                + " \\[\\d, \\d\\]; there is no good checkpoint, start again with .*");
  }

  @Test
  void theRunThatIsResumedMustHaveTheSameSettings() {
    TrainingPlan<DetectionPlan> plan =
        TrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(1))
            .withCheckpoints(new CheckpointFolder(folder.resolve("other"), 1), Period.atTheEnd());
    Path saved =
        firstOrder
            .trainer(plan.withSettings(Map.of("rate", "1")))
            .train()
            .checkpoint()
            .orElseThrow();
    assertThatThrownBy(
            () -> firstOrder.trainer(plan.withSettings(Map.of("rate", "2"))).resume(saved))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("found rate = 2 where the checkpoint");
  }

  @Test
  void batchesThatDoNotFitAreRejected() {
    DetectionPlan larger = DetectionPlan.training(data.train(), ShapesRun.resize(), 3, 4);
    assertThatThrownBy(() -> firstOrder.trainer(TrainingPlan.of(larger, TrainingLength.steps(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected batches of 2 images, as the network was built for");
  }
}
