package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A small model of Keras or TensorFlow among the test resources, with what stock TensorFlow
 * computes from it.
 *
 * <p>{@code src/test/python/keras_models.py} writes them: a function there, a run of the script,
 * and the new {@code src/test/resources/keras/NAME.zip} takes part in {@link KerasModelsTest}.
 *
 * @param folder the SavedModel
 * @param reference what it computes
 */
public record KerasModel(Path folder, KerasReference reference) {

  private static final String RESOURCES = "/keras";
  private static final String SUFFIX = ".zip";

  /** Names of all models. */
  public static List<String> names() {
    try (Stream<Path> files = Files.list(resources())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path resources() {
    try {
      return Path.of(KerasModel.class.getResource(RESOURCES).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Unpacks a model of the test resources.
   *
   * @param name its name, that of the function that makes it
   * @param into a folder for it, made if it is missing
   */
  public static KerasModel unpack(String name, Path into) {
    return unpack(resources().resolve(name + SUFFIX), into, "");
  }

  /** Unpacks what lies under a prefix of an archive. */
  static KerasModel unpack(Path archive, Path into, String prefix) {
    try (InputStream content = Files.newInputStream(archive);
        ZipInputStream zip = new ZipInputStream(content)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().startsWith(prefix)) {
          Path file = into.resolve(entry.getName().substring(prefix.length()));
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new KerasModel(into.resolve("model"), KerasReference.read(into));
  }
}
