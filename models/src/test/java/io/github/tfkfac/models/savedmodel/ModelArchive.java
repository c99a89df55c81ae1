package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Small SavedModels among the test resources; {@code src/test/python} makes them. */
public final class ModelArchive {

  private ModelArchive() {}

  /**
   * Unpacks a model.
   *
   * @param name its name, that of the function that makes it
   * @param into an empty folder
   * @return the SavedModel's folder
   */
  public static Path unpack(String name, Path into) {
    try (InputStream content =
            Objects.requireNonNull(
                ModelArchive.class.getResourceAsStream("/savedmodel/" + name + ".zip"), name);
        ZipInputStream zip = new ZipInputStream(content)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = into.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(zip, file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return into.resolve("model");
  }
}
