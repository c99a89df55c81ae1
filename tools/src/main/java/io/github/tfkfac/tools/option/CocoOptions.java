package io.github.tfkfac.tools.option;

import static java.util.stream.Collectors.joining;

import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the annotated images that a command reads. */
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
   * @throws UserError if single files or a part are named in addition
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
      return CocoFiles.named(annotations, Optional.ofNullable(images));
    }
    if (images != null) {
      throw new UserError("--images is the folder of the images of --annotations; give that too");
    }
    return CocoFiles.of(
        data == null ? drawn() : data,
        part == null ? "val" : part,
        "name the files with --annotations and --images");
  }

  /** Categories in which parts of the folder differ; none if single files are named. */
  public List<Problem> categoryDifferences() throws IOException {
    return data == null || annotations != null ? List.of() : files().otherCategories(data);
  }

  /**
   * Rejects a folder whose parts give an id to different categories.
   *
   * @throws UserError naming the categories
   */
  public void requireSameCategories() throws IOException {
    List<Problem> differences = categoryDifferences();
    if (!differences.isEmpty()) {
      throw new UserError(
          ("expected the same categories in all parts of %s, found %s; give each category one id,"
                  + " or name the files with --annotations and --images")
              .formatted(data, differences.stream().map(Problem::line).collect(joining("; "))));
    }
  }

  private static Path drawn() throws IOException {
    Path folder = Files.createTempDirectory("kfac-shapes");
    ShapesDataset.write(folder, ShapesOptions.of(GENERATED_IMAGES, GENERATED_IMAGES, 1));
    return folder;
  }
}
