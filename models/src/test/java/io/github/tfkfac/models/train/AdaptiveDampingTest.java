package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.LevenbergMarquardt;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class AdaptiveDampingTest {

  private static final double RATE = 0.9;
  private static final long PERIOD = 2;
  private static final long STOP = 3;
  private static final long END = 6;

  /**
   * Steps so short that the model predicts them: a batch's loss differs from the next one's, and
   * from its own with other dropout, by far more than such a step changes it.
   */
  private static final KfacOptions SHORT_STEPS =
      KfacOptions.kfac()
          .withDamping(Damping.absolute(1))
          .withNormControl(NormControl.none())
          .withPeriods(1, 1)
          .withLearningRate(0.01)
          .withAdaptiveDamping(new LevenbergMarquardt(RATE, Cadence.every(PERIOD), 1e-3, 1e3));

  @TempDir Path folder;

  /** What is told of a step: the loss, the factor of the damping and the ratio. */
  private record Told(long step, double loss, double factor, double ratio) {}

  private final List<Told> told = new ArrayList<>();

  @Test
  void theDampingIsAdaptedToTheBatchOfTheStepThatIsDue() {
    try (TinyRun<TFloat32> run = run()) {
      run.trainer(plan("whole"), listener(run)).train();
    }
    assertThat(told).hasSize((int) END);
    for (Told step : told) {
      long adaptations = step.step() / PERIOD;
      assertThat(step.factor())
          .as("factor after step %d", step.step())
          .isCloseTo(Math.pow(RATE, (double) (adaptations * PERIOD)), within(1e-12));
      if (adaptations > 0) {
        assertThat(step.ratio()).as("ratio after step %d", step.step()).isCloseTo(1, within(0.1));
      }
    }
  }

  @Test
  void aResumedRunAdaptsTheDampingAsTheUninterruptedOne() {
    try (TinyRun<TFloat32> run = run()) {
      run.trainer(plan("whole"), listener(run)).train();
    }
    List<Told> whole = List.copyOf(told);
    told.clear();
    CheckpointFolder parts = new CheckpointFolder(folder.resolve("parts"), 1);
    try (TinyRun<TFloat32> run = run()) {
      TrainingListener stopper =
          new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
              if (report.step() == STOP) {
                run.stop.request();
              }
            }
          };
      run.trainer(plan("parts"), listener(run), stopper).train();
    }
    try (TinyRun<TFloat32> run = run()) {
      run.trainer(plan("parts"), listener(run)).resume(parts.latest().orElseThrow());
    }
    assertThat(told).isEqualTo(whole);
  }

  private static TinyRun<TFloat32> run() {
    return TinyRun.of(new SmallNetwork(0.2), graph -> new Kfac(graph, SHORT_STEPS));
  }

  private TrainingPlan<BatchPlan> plan(String name) {
    return TrainingPlan.of(TinyRun.batches(), TrainingLength.steps(END))
        .withCheckpoints(new CheckpointFolder(folder.resolve(name), 1), Period.atTheEnd());
  }

  private TrainingListener listener(TinyRun<TFloat32> run) {
    DampingAdaptation adaptation =
        ((Kfac) run.training.optimizer()).dampingAdaptation().orElseThrow();
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {
        try (Result result =
            run.session.runner().fetch(adaptation.factor()).fetch(adaptation.ratio()).run()) {
          told.add(
              new Told(
                  report.step(),
                  report.loss(),
                  ((TFloat64) result.get(0)).getDouble(),
                  ((TFloat64) result.get(1)).getDouble()));
        }
      }
    };
  }
}
