package io.github.tfkfac.models.train;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Training cannot continue because its numbers are no longer finite. */
public class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long step;
  private final transient @Nullable Path lastGoodCheckpoint;

  TrainingDivergedException(String what, long step, Optional<Path> lastGoodCheckpoint) {
    super(
        what
            + lastGoodCheckpoint
                .map(path -> "; resume from the last good checkpoint, " + path + ",")
                .orElse("; there is no good checkpoint, start again")
            + " with a smaller learning rate or more damping");
    this.step = step;
    this.lastGoodCheckpoint = lastGoodCheckpoint.orElse(null);
  }

  /**
   * For another loop.
   *
   * @param message with what to do
   * @param step the step that showed it, counted from 1
   */
  protected TrainingDivergedException(String message, long step) {
    super(message);
    this.step = step;
    this.lastGoodCheckpoint = null;
  }

  /** The step that showed it, counted from 1. */
  public long step() {
    return step;
  }

  /** The newest checkpoint from which a step with a finite loss was made. */
  public Optional<Path> lastGoodCheckpoint() {
    return Optional.ofNullable(lastGoodCheckpoint);
  }
}
