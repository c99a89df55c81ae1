package io.github.tfkfac.tools.detect;

import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.DatasetCheck;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.tools.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Locations of annotated images.
 *
 * @param annotations an instances file of COCO's format
 * @param images folder that the images' file names start from
 */
public record CocoFiles(Path annotations, Path images) {

  private static final List<String> PARTS = List.of("train", "val", "test");

  /**
   * A part of a data set's folder, found by {@link CocoLayout}.
   *
   * @param part {@code train} or {@code val}, for instance
   * @param remedy what else can be done if there is none
   * @throws UserError naming what was looked for if there is none or several fit
   */
  public static CocoFiles of(Path folder, String part, String remedy) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          folder + ": expected the folder of a data set, found no such folder; " + remedy);
    }
    return new CocoLayout(folder).part(part, remedy);
  }

  /** Files that are named; without a folder of images, that of the annotations. */
  public static CocoFiles named(Path annotations, Optional<Path> images) {
    return new CocoFiles(
        annotations, images.orElseGet(() -> annotations.toAbsolutePath().getParent()));
  }

  /**
   * Differences between the categories of this part and those of the folder's other parts.
   *
   * @throws io.github.tfkfac.detection.coco.CocoFormatException if a part's categories cannot be
   *     read
   */
  public List<Problem> otherCategories(Path folder) throws IOException {
    List<Problem> problems = new ArrayList<>();
    List<CocoCategory> own = InstancesReader.categories(annotations);
    for (String part : PARTS) {
      Optional<CocoFiles> other = new CocoLayout(folder).ownPart(part);
      if (other.isPresent() && !other.get().annotations().equals(annotations)) {
        Path file = other.get().annotations();
        problems.addAll(
            DatasetCheck.categories(
                name(annotations), own, name(file), InstancesReader.categories(file)));
      }
    }
    return problems;
  }

  private String name(Path file) {
    Path folder = annotations.getParent();
    return folder != null && folder.equals(file.getParent())
        ? String.valueOf(file.getFileName())
        : file.toString();
  }
}
