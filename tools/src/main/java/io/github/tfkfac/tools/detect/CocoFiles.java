package io.github.tfkfac.tools.detect;

import io.github.tfkfac.tools.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where annotated images lie.
 *
 * @param annotations an instances file of COCO's format
 * @param images folder that the images' file names start from
 */
public record CocoFiles(Path annotations, Path images) {

  /**
   * A part of a data set's folder: {@code annotations/instances_PART.json} with {@code PART/}, as
   * COCO has them ({@code PART} may be followed by 2017), or {@code annotations/instances.json}
   * with {@code images/} for every part.
   *
   * @param part {@code train} or {@code val}, for instance
   * @param remedy what else can be done if there is none
   * @throws UserError naming what was looked for if there is none
   */
  public static CocoFiles of(Path folder, String part, String remedy) {
    if (!Files.isDirectory(folder)) {
      throw new UserError(
          folder + ": expected the folder of a data set, found no such folder; " + remedy);
    }
    List<CocoFiles> candidates =
        List.of(
            in(folder, "instances_" + part + ".json", part),
            in(folder, "instances_" + part + "2017.json", part + "2017"),
            in(folder, "instances.json", "images"));
    return candidates.stream()
        .filter(files -> Files.isRegularFile(files.annotations()))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "%s: expected %s, %s or %s below annotations, found none; %s"
                        .formatted(
                            folder,
                            candidates.get(0).annotations().getFileName(),
                            candidates.get(1).annotations().getFileName(),
                            candidates.get(2).annotations().getFileName(),
                            remedy)));
  }

  private static CocoFiles in(Path folder, String annotations, String images) {
    return new CocoFiles(
        folder.resolve("annotations").resolve(annotations), folder.resolve(images));
  }
}
