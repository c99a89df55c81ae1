package io.github.tfkfac.tools.check;

import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * TensorFlow's native libraries on the class path; there must be exactly one for this machine.
 *
 * @param platform of this machine in JavaCPP's words, such as {@code linux-x86_64}
 * @param found their places, CPU and GPU
 */
public record NativeLibraries(String platform, List<String> found) {
  private static final String FOLDER = "org/tensorflow/internal/c_api/";
  private static final String GPU = "-gpu";

  public NativeLibraries {
    found = List.copyOf(found);
  }

  /**
   * Those on the class path of {@code loader}.
   *
   * @throws IOException if the class path cannot be read
   */
  public static NativeLibraries on(ClassLoader loader) throws IOException {
    String platform = Loader.getPlatform();
    String file = System.mapLibraryName("jnitensorflow");
    List<String> found = new ArrayList<>();
    for (String variant : List.of(platform, platform + GPU)) {
      for (URL url : Collections.list(loader.getResources(FOLDER + variant + "/" + file))) {
        found.add(url.toString().replaceFirst("^jar:file:", "").replaceFirst("!/.*$", ""));
      }
    }
    return new NativeLibraries(platform, found);
  }

  /** The problem and its remedy, if there is one. */
  public Optional<String> problem() {
    if (found.isEmpty()) {
      return Optional.of(
          ("expected TensorFlow's native library for %s on the class path, found none;"
                  + " add org.tensorflow:tensorflow-core-native with the classifier %s")
              .formatted(platform, platform));
    }
    if (found.size() > 1) {
      return Optional.of(
          "expected one native library of TensorFlow on the class path, found %d: %s; keep one,"
                  .formatted(found.size(), String.join(", ", found))
              + " CPU or GPU");
    }
    return Optional.empty();
  }
}
