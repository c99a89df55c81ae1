package io.github.tfkfac.tools.check;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Machine, operating system and JVM that the program runs on.
 *
 * @param os name, version and architecture
 * @param java version and vendor of the JVM
 * @param cores processors the JVM may use; TensorFlow starts as many threads
 * @param memoryBytes main memory
 * @param heapBytes limit of the Java heap; TensorFlow's tensors lie outside it
 * @param variables environment variables that change TensorFlow or this program
 */
public record Machine(
    String os,
    String java,
    int cores,
    long memoryBytes,
    long heapBytes,
    Map<String, String> variables) {
  private static final Pattern RELEVANT =
      Pattern.compile(
          "TF_(CPP|CUDNN|CUBLAS|DETERMINISTIC|DISABLE|ENABLE|FORCE|GPU|NUM|USE|XLA)_\\w+|TF_CONFIG"
              + "|(OMP|CUDA|KFAC|XLA)_\\w+|NVIDIA_TF32_OVERRIDE|LD_LIBRARY_PATH");

  /** This machine. */
  public static Machine current() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        Runtime.getRuntime().availableProcessors(),
        system.getTotalMemorySize(),
        Runtime.getRuntime().maxMemory(),
        relevant(System.getenv()));
  }

  /** Whether TensorFlow uses oneDNN on the CPU, and what says so. */
  public String oneDnn() {
    String flag = variables.get("TF_ENABLE_ONEDNN_OPTS");
    if (flag == null) {
      return "TensorFlow's default (on for Linux x86-64)";
    }
    return (flag.equals("0") ? "off" : "on") + " (TF_ENABLE_ONEDNN_OPTS=" + flag + ")";
  }

  static Map<String, String> relevant(Map<String, String> environment) {
    Map<String, String> kept = new TreeMap<>(environment);
    kept.keySet().removeIf(name -> !RELEVANT.matcher(name).matches());
    return kept;
  }
}
