package io.github.tfkfac.tools.option;

import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which annotated images a command reads. */
public final class CocoOptions {

  private static final int GENERATED_IMAGES = 100;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "Folder of a data set in COCO's format; default: images of shapes that the program"
              + " draws.")
  @Nullable Path data;

  @Option(
      names = "--part",
      paramLabel = "NAME",
      description = "Part of the folder, train or val ; default val.")
  @Nullable String part;

  @Option(
      names = "--annotations",
      paramLabel = "FILE",
      description = "Instances file, in place of --data.")
  @Nullable Path annotations;

  @Option(
      names = "--images",
      paramLabel = "FOLDER",
      description = "Folder of the images of --annotations.")
  @Nullable Path images;

  /**
   * The folder, for a run, which knows what it reads of it.
   *
   * @throws UserError if single files or a part are named besides
   */
  public Optional<Path> folder() {
    if (part != null || annotations != null || images != null) {
      throw new UserError(
          "--part, --annotations and --images go with --results; a run knows its own, below"
              + " --data");
    }
    return Optional.ofNullable(data);
  }

  /**
   * The files; without any option shapes are drawn into a temporary folder.
   *
   * @throws UserError if the options contradict each other
   */
  public CocoFiles files() throws IOException {
    if (annotations != null) {
      if (data != null) {
        throw new UserError(
            "expected --data or --annotations, found both; a folder has annotations of its own");
      }
      return new CocoFiles(annotations, images == null ? annotations.resolveSibling(".") : images);
    }
    if (images != null) {
      throw new UserError("--images is the folder of the images of --annotations; give that too");
    }
    return CocoFiles.of(
        data == null ? drawn() : data,
        part == null ? "val" : part,
        "name the files with --annotations and --images");
  }

  private static Path drawn() throws IOException {
    Path folder = Files.createTempDirectory("kfac-shapes");
    ShapesDataset.write(folder, ShapesOptions.of(GENERATED_IMAGES, GENERATED_IMAGES, 1));
    return folder;
  }
}
