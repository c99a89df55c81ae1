package io.github.tfkfac.tools.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.TensorFlow;

/**
 * All that {@code doctor} finds out.
 *
 * @param machine hardware, operating system, JVM
 * @param natives TensorFlow's native libraries on the class path
 * @param tensorFlow version of the loaded one; empty if none could be loaded
 * @param devices what TensorFlow can compute on
 * @param cudaLibraries what a GPU build needs
 * @param gradients the gradient table
 * @param problems what is wrong here and would not be on a sound machine, one line each
 */
public record Examination(
    Machine machine,
    NativeLibraries natives,
    String tensorFlow,
    List<Device> devices,
    List<CudaLibrary> cudaLibraries,
    List<GradientResult> gradients,
    List<String> problems) {

  /**
   * Examines this process's environment; takes a few seconds.
   *
   * @throws IOException if the class path cannot be read
   */
  public static Examination run() throws IOException {
    NativeLibraries natives = NativeLibraries.on(Examination.class.getClassLoader());
    List<String> problems = new ArrayList<>();
    natives.problem().ifPresent(problems::add);
    String version = "";
    List<Device> devices = List.of();
    List<CudaLibrary> cuda = List.of();
    List<GradientResult> gradients = List.of();
    try {
      version = TensorFlow.version();
      devices = Device.all();
      cuda = CudaLibrary.wanted();
      gradients = GradientTable.check();
    } catch (LinkageError broken) {
      problems.add("TensorFlow's native library did not load: " + broken.getMessage());
    }
    problems.addAll(KnownLimits.surprises(gradients));
    return new Examination(
        Machine.current(), natives, version, devices, cuda, gradients, List.copyOf(problems));
  }
}
