package io.github.tfkfac.models.data;

import java.nio.file.Path;
import java.util.Objects;

/** Where tests tagged {@code data} find real data. */
public final class RealData {

  private RealData() {}

  /** A folder of real data. */
  public static Path folder(String name) {
    String root = System.getenv("KFAC_DATA");
    Objects.requireNonNull(
        root, "set KFAC_DATA to the folder of real data, or leave out the tag data");
    return Path.of(root, name);
  }
}
