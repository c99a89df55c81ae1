package io.github.tfkfac.tools.record;

import io.github.tfkfac.tools.check.Machine;
import java.util.Objects;
import org.tensorflow.TensorFlow;

/**
 * Machine and software of a run.
 *
 * @param tensorFlow version of the native library
 * @param versions of the jars and the JVM
 * @param machine hardware, operating system, variables
 */
public record Environment(String tensorFlow, Versions versions, Machine machine) {
  public Environment {
    Objects.requireNonNull(versions, "no versions");
    Objects.requireNonNull(machine, "no machine");
  }

  /** The environment of this process; loads TensorFlow's native library. */
  public static Environment current() {
    return new Environment(TensorFlow.version(), Versions.installed(), Machine.current());
  }
}
