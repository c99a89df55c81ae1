package io.github.tfkfac.models.train;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Training cannot continue because its numbers are no longer finite. */
public final class TrainingDivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long step;
  private final transient @Nullable Path lastGoodCheckpoint;

  TrainingDivergedException(String message, long step, Optional<Path> lastGoodCheckpoint) {
    super(message);
    this.step = step;
    this.lastGoodCheckpoint = lastGoodCheckpoint.orElse(null);
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
