package io.github.tfkfac.tools.detect;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.OptionValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Locations of a run's annotated images: a folder whose parts are looked for, files that are named,
 * or neither, when shapes are drawn.
 *
 * @param folder of the data set
 * @param train files of the training part, in place of a folder
 * @param val files of the evaluated part; those of the training part if none are named
 */
public record DetectionData(
    Optional<Path> folder, Optional<CocoFiles> train, Optional<CocoFiles> val) {

  /** Names of the options. */
  static final List<String> OPTIONS =
      List.of("data", "annotations", "images", "val-annotations", "val-images");

  private static final String REMEDY =
      "name the files with --annotations, --images, --val-annotations and --val-images, or the data"
          + " set's folder with --data";

  /** A folder whose parts are looked for. */
  public static DetectionData in(Path folder) {
    return new DetectionData(Optional.of(folder), Optional.empty(), Optional.empty());
  }

  /**
   * Of option values.
   *
   * @throws UserError if they contradict each other
   */
  static DetectionData of(OptionValues options) {
    Optional<Path> folder = options.text("data").map(Path::of);
    Optional<CocoFiles> train = files(options, "annotations", "images");
    Optional<CocoFiles> val = files(options, "val-annotations", "val-images");
    if (folder.isPresent() && (train.isPresent() || val.isPresent())) {
      throw new UserError(
          "expected --data or --annotations, found both; a folder has annotations of its own");
    }
    if (val.isPresent() && train.isEmpty()) {
      throw new UserError(
          "expected --annotations with --val-annotations, found none; name the training part too");
    }
    return new DetectionData(folder, train, val);
  }

  private static Optional<CocoFiles> files(OptionValues options, String file, String folder) {
    Optional<Path> images = options.text(folder).map(Path::of);
    if (options.text(file).isEmpty() && images.isPresent()) {
      throw new UserError(
          "--%s is the folder of the images of --%s; give that too".formatted(folder, file));
    }
    return options.text(file).map(Path::of).map(one -> CocoFiles.named(one, images));
  }

  /** Whether shapes are drawn. */
  boolean drawn() {
    return folder.isEmpty() && train.isEmpty();
  }

  /** The training part. */
  CocoFiles trainFiles() throws IOException {
    return train.isPresent() ? train.get() : CocoFiles.of(folder.orElseThrow(), "train", REMEDY);
  }

  /** The evaluated part. */
  CocoFiles valFiles() throws IOException {
    if (val.isPresent()) {
      return val.get();
    }
    return train.isPresent() ? train.get() : CocoFiles.of(folder.orElseThrow(), "val", REMEDY);
  }

  /**
   * Rejects data that has moved.
   *
   * @param run for the message
   */
  void requireExisting(Path run) {
    folder
        .filter(data -> !Files.isDirectory(data))
        .ifPresent(
            data -> {
              throw new UserError(
                  "expected the data of %s in %s, found no such folder; name its new place with --data"
                      .formatted(run, data));
            });
    train
        .map(CocoFiles::annotations)
        .filter(file -> !Files.isRegularFile(file))
        .ifPresent(
            file -> {
              throw new UserError(
                  ("expected the annotations of %s in %s, found no such file; name its new place with"
                          + " --data, or --annotations and --images")
                      .formatted(run, file));
            });
  }

  /** The options that make the same of them again, with absolute paths. */
  Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    folder.ifPresent(path -> options.put("data", absolute(path)));
    train.ifPresent(
        files -> {
          options.put("annotations", absolute(files.annotations()));
          options.put("images", absolute(files.images()));
        });
    val.ifPresent(
        files -> {
          options.put("val-annotations", absolute(files.annotations()));
          options.put("val-images", absolute(files.images()));
        });
    return options;
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }
}
