package io.github.tfkfac.tools.record;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.TensorFlow;

/**
 * Machine and software of a run.
 *
 * @param tensorFlow version of the native library
 * @param tensorFlowJava version of its Java binding
 * @param tfKfac version of this project
 * @param java version of the JVM
 * @param os name, version and architecture
 * @param cores processors the JVM may use
 * @param variables environment variables that change TensorFlow's numbers or threads
 */
public record Environment(
    String tensorFlow,
    String tensorFlowJava,
    String tfKfac,
    String java,
    String os,
    int cores,
    Map<String, String> variables) {

  /** The environment of this process; loads TensorFlow's native library. */
  public static Environment current() {
    Versions versions = Versions.installed();
    return new Environment(
        TensorFlow.version(),
        versions.tensorFlowJava(),
        versions.tfKfac(),
        versions.java(),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        relevantVariables(System.getenv()));
  }

  static Map<String, String> relevantVariables(Map<String, String> all) {
    return all.entrySet().stream()
        .filter(entry -> entry.getKey().matches("(TF|OMP|CUDA|XLA|NVIDIA_TF32)_.*|KFAC_NATIVE"))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first, TreeMap::new));
  }
}
