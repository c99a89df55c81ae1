package io.github.tfkfac;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Session;

/**
 * The checkpoints of a run: folders {@code step-00000123} below one root, the oldest removed as new
 * ones come.
 *
 * @param root the folder of all checkpoints
 * @param keep how many are kept, at least 1
 */
public record CheckpointFolder(Path root, int keep) {

  private static final String PREFIX = "step-";
  private static final String NAME = PREFIX + "\\d{1,18}";

  public CheckpointFolder {
    if (keep < 1) {
      throw new IllegalArgumentException("expected to keep >= 1 checkpoints, found " + keep);
    }
  }

  /**
   * Saves the checkpoint of a step, then removes the oldest ones beyond {@code keep}.
   *
   * @return the new checkpoint's folder
   * @throws CheckpointException if it cannot be written; older checkpoints are left alone
   */
  public Path save(Checkpoint checkpoint, Session session, long step, Map<String, String> record) {
    Path folder = of(step);
    checkpoint.save(session, folder, record);
    List<Path> all = all();
    try {
      for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
        Checkpoint.deleteFolder(old);
      }
    } catch (IOException e) {
      throw new CheckpointException("an old checkpoint in " + root + " cannot be removed: " + e, e);
    }
    return folder;
  }

  /** The folder of a step's checkpoint, whether it is there or not. */
  public Path of(long step) {
    return root.resolve(String.format(Locale.ROOT, PREFIX + "%08d", step));
  }

  /** All checkpoints, oldest first, whether they can be used or not. */
  public List<Path> all() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(Files::isDirectory)
          .filter(entry -> entry.getFileName().toString().matches(NAME))
          .sorted(Comparator.comparingLong(CheckpointFolder::stepOf))
          .toList();
    } catch (IOException e) {
      throw new CheckpointException("the checkpoints in " + root + " cannot be listed: " + e, e);
    }
  }

  /** The newest checkpoint whose files are complete and unaltered. */
  public Optional<Path> latest() {
    List<Path> all = all();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (isGood(all.get(i))) {
        return Optional.of(all.get(i));
      }
    }
    return Optional.empty();
  }

  /**
   * The step of a checkpoint in such a folder.
   *
   * @throws CheckpointException if the folder is not named after a step
   */
  public static long stepOf(Path checkpoint) {
    String name = checkpoint.getFileName().toString();
    if (!name.matches(NAME)) {
      throw new CheckpointException(
          "expected a checkpoint's folder named step-<number>, found " + checkpoint);
    }
    return Long.parseLong(name.substring(PREFIX.length()));
  }

  private static boolean isGood(Path folder) {
    try {
      Checkpoint.verify(folder);
      return true;
    } catch (CheckpointException e) {
      return false;
    }
  }
}
