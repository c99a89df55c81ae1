package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Images that a run continues without: each is told of once, however often it comes up. */
final class SkippedImages implements UnreadableImages.Listener {

  private final Set<String> all = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private final Consumer<String> log;
  private final Consumer<String> warnings;

  private SkippedImages(Consumer<String> log, Consumer<String> warnings) {
    this.log = log;
    this.warnings = warnings;
  }

  /**
   * Of something that leaves no trace.
   *
   * @param warnings told of each image
   */
  static SkippedImages told(Consumer<String> warnings) {
    return new SkippedImages(line -> {}, warnings);
  }

  /**
   * Of a run, listed in a file of its folder; those that it was started with count.
   *
   * @param warnings told of each image
   */
  static SkippedImages of(RunFolder folder, Consumer<String> warnings) throws IOException {
    Path list = list(folder);
    SkippedImages images = new SkippedImages(line -> append(list, line), warnings);
    if (Files.exists(list)) {
      images.all.addAll(Files.readAllLines(list));
    }
    return images;
  }

  /** A line for each image that a run skipped. */
  static Path list(RunFolder folder) {
    return folder.path().resolve("skipped-images.txt");
  }

  /** Number of skipped images. */
  int count() {
    return all.size();
  }

  @Override
  public void skipped(CocoImage image, DataException reason) {
    String line = String.valueOf(reason.getMessage());
    if (all.add(line)) {
      log.accept(line);
    }
    if (told.add(line)) {
      warnings.accept("left out " + line);
    }
  }

  private static void append(Path list, String line) {
    try {
      Files.write(list, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(list + " cannot be written: " + e.getMessage(), e);
    }
  }
}
