package io.github.tfkfac.tools.run;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.CheckpointFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest checkpoint of a run that can be used.
 *
 * @param checkpoint it, if there is one
 * @param skipped what is wrong with each newer one, newest first
 */
public record ResumePoint(Optional<Path> checkpoint, List<String> skipped) {

  public ResumePoint {
    skipped = List.copyOf(skipped);
  }

  /** Looks for it among the checkpoints of a run. */
  public static ResumePoint in(CheckpointFolder checkpoints) {
    List<Path> all = checkpoints.all();
    List<String> skipped = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      @Nullable String problem = problem(all.get(i));
      if (problem == null) {
        return new ResumePoint(Optional.of(all.get(i)), skipped);
      }
      skipped.add(problem);
    }
    return new ResumePoint(Optional.empty(), skipped);
  }

  /**
   * The checkpoint; nothing if the run was cut before its first one, so that it begins again.
   *
   * @throws CheckpointException if there are checkpoints, of which none is whole
   */
  public Optional<Path> orStart() {
    if (checkpoint.isEmpty() && !skipped.isEmpty()) {
      throw new CheckpointException(
          skipped.get(0) + "; there is no earlier one that is whole, start a new run");
    }
    return checkpoint;
  }

  /**
   * The checkpoint.
   *
   * @throws CheckpointException if there is none
   */
  public Path require(Path folder) {
    return orStart()
        .orElseThrow(
            () ->
                new CheckpointException(
                    "expected a checkpoint in "
                        + folder
                        + ", found none; train the run further with --resume"));
  }

  private static @Nullable String problem(Path checkpoint) {
    try {
      Checkpoint.verify(checkpoint);
      return null;
    } catch (CheckpointException e) {
      return e.getMessage();
    }
  }
}
