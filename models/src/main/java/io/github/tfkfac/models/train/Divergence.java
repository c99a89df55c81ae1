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
    step.losses().forEach((term, loss) -> requireFinite(term, loss, step));
    if (!health.skipped()) {
      skippedInARow = 0;
      lastGoodCheckpoint = lastCheckpoint;
      return;
    }
    skippedInARow++;
    if (skippedInARow >= skippedStepsLimit) {
      throw diverged(
          step.ids().isEmpty()
              ? "%s skipped up to step %d because the gradients were not finite"
                  .formatted(Counts.of(skippedInARow, "step was", "steps were"), step.step())
              : "expected finite gradients, found %s in a row up to step %d, the last with the images of ids %s"
                  .formatted(Counts.of(skippedInARow, "skipped step"), step.step(), step.ids()),
          step);
    }
  }

  private void requireFinite(String term, double loss, StepReport step) {
    if (!Double.isFinite(loss)) {
      throw diverged(
          step.ids().isEmpty()
              ? "the loss of step %d is %s".formatted(step.step(), loss)
              : "expected finite losses, found %s for '%s' at step %d with the images of ids %s"
                  .formatted(loss, term, step.step(), step.ids()),
          step);
    }
  }

  private TrainingDivergedException diverged(String what, StepReport step) {
    Optional<Path> good = lastGoodCheckpoint.filter(Files::isDirectory);
    String remedy =
        good.map(path -> "; resume from the last good checkpoint, " + path + ",")
                .orElse("; there is no good checkpoint, start again")
            + " with a smaller learning rate or more damping";
    String images = step.ids().isEmpty() ? "" : ", or look at these images' annotations";
    return new TrainingDivergedException(what + remedy + images, step.step(), good);
  }
}
