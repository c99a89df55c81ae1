package io.github.tfkfac.tools.check;

import java.util.List;
import org.bytedeco.javacpp.Loader;

/**
 * A library that TensorFlow's GPU build opens when it runs.
 *
 * @param file as TensorFlow asks for it
 * @param found whether the system's loader finds it
 * @param detail the loader's message if not
 */
public record CudaLibrary(String file, boolean found, String detail) {
  /** CUDA 12.5 and cuDNN 9.3, as TensorFlow 2.18 is built with; the driver comes first. */
  private static final List<String> WANTED =
      List.of(
          "libcuda.so.1",
          "libcudart.so.12",
          "libcublas.so.12",
          "libcublasLt.so.12",
          "libcufft.so.11",
          "libcusolver.so.11",
          "libcusparse.so.12",
          "libcudnn.so.9");

  /** Asks the system's loader for each; those found stay loaded. */
  public static List<CudaLibrary> wanted() {
    return WANTED.stream().map(CudaLibrary::open).toList();
  }

  private static CudaLibrary open(String file) {
    try {
      Loader.loadGlobal(file);
      return new CudaLibrary(file, true, "");
    } catch (UnsatisfiedLinkError missing) {
      return new CudaLibrary(file, false, String.valueOf(missing.getMessage()));
    }
  }
}
