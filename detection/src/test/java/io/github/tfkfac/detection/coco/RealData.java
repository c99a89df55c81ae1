package io.github.tfkfac.detection.coco;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/** Where the real data are, for tests tagged {@code data}. */
public final class RealData {

  private RealData() {}

  /** A folder of the real data. */
  public static Path folder(String name) {
    String root = System.getenv("KFAC_DATA");
    return Path.of(
        requireNonNull(root, "set KFAC_DATA to the folder of real data, or leave out the tag data"),
        name);
  }
}
