package io.github.tfkfac.tools.detect;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
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
  private static final Setting<Path> FOLDER =
      path(
              "data",
              "FOLDER",
              "Data set of COCO's format, as COCO has it (annotations/instances_train.json with"
                  + " train/, the same for val) or CVAT, Roboflow or Label Studio write it; by"
                  + " default images of shapes that the program draws.")
          .essential();

  private static final Setting<Path> ANNOTATIONS =
      path("annotations", "FILE", "Instances file to train on, in place of --data.");
  private static final Setting<Path> IMAGES =
      path("images", "FOLDER", "Folder of the images of --annotations, if not the file's.");
  private static final Setting<Path> VAL_ANNOTATIONS =
      path("val-annotations", "FILE", "Instances file to evaluate on, if not --annotations.");
  private static final Setting<Path> VAL_IMAGES =
      path("val-images", "FOLDER", "Folder of the images of --val-annotations, if not the file's.");

  /** The settings of the data. */
  static final List<Setting<?>> TABLE =
      List.of(FOLDER, ANNOTATIONS, IMAGES, VAL_ANNOTATIONS, VAL_IMAGES);

  static final List<String> OPTIONS = Settings.names(TABLE);

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
  static DetectionData of(Settings settings) {
    Optional<Path> folder = settings.find(FOLDER);
    Optional<CocoFiles> train = files(settings, ANNOTATIONS, IMAGES);
    Optional<CocoFiles> val = files(settings, VAL_ANNOTATIONS, VAL_IMAGES);
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

  private static Setting<Path> path(String name, String label, String help) {
    return new Setting<>(name, label, Form.path(), help).keptOutOfIdentity();
  }

  private static Optional<CocoFiles> files(
      Settings settings, Setting<Path> file, Setting<Path> folder) {
    Optional<Path> images = settings.find(folder);
    if (settings.find(file).isEmpty() && images.isPresent()) {
      throw new UserError(
          "--%s is the folder of the images of --%s; give that too"
              .formatted(folder.name(), file.name()));
    }
    return settings.find(file).map(one -> CocoFiles.named(one, images));
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
