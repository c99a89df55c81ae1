package io.github.tfkfac.models.train;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.models.train.TrainingListener.HealthReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Decides when training cannot continue, and from which checkpoint it could. */
final class Divergence {

  private final int skippedStepsLimit;
  private int skippedInARow;
  private Optional<Path> lastCheckpoint;
  private Optional<Path> lastGoodCheckpoint = Optional.empty();

  Divergence(int skippedStepsLimit, Optional<Path> resumedFrom) {
    this.skippedStepsLimit = skippedStepsLimit;
    this.lastCheckpoint = resumedFrom;
  }

  /** A checkpoint proves good when the next step's loss is finite. */
  void checkpointed(Path checkpoint) {
    lastCheckpoint = Optional.of(checkpoint);
  }

  void stepped(StepReport step, HealthReport health) {
    if (!Double.isFinite(step.loss())) {
      throw diverged("the loss of step " + step.step() + " is " + step.loss(), step);
    }
    if (health.skipped()) {
      skippedInARow++;
      if (skippedInARow >= skippedStepsLimit) {
        throw diverged(
            Counts.of(skippedInARow, "step was", "steps were")
                + " skipped up to step "
                + step.step()
                + " because the gradients were not finite",
            step);
      }
    } else {
      skippedInARow = 0;
      lastGoodCheckpoint = lastCheckpoint;
    }
  }

  private TrainingDivergedException diverged(String what, StepReport step) {
    return new TrainingDivergedException(
        what, step.step(), lastGoodCheckpoint.filter(Files::isDirectory));
  }
}
