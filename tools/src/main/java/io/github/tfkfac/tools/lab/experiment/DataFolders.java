package io.github.tfkfac.tools.lab.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Matches a data set below the folder in which several of them lie under their usual names. */
final class DataFolders {

  private static final Map<String, String> USUAL_NAMES =
      Map.of(
          "cifar10", "cifar-10-batches-bin",
          "cifar100", "cifar-100-binary",
          "image-folder", "imagenet");

  private DataFolders() {}

  /** Replaces {@code data} by the data set's own folder, if that lies in it. */
  static void find(Map<String, String> options) {
    @Nullable String data = options.get("data");
    @Nullable String dataset = options.get("dataset");
    if (data == null || dataset == null) {
      return;
    }
    Path inside = Path.of(data).resolve(USUAL_NAMES.getOrDefault(dataset, dataset));
    if (Files.isDirectory(inside)) {
      options.put("data", inside.toString());
    }
  }
}
