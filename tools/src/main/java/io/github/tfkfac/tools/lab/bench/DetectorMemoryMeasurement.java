package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.memory.StepMemory;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The memory of a detector's training, calculated and measured.
 *
 * @param before main memory of the process with the graph, before the session was opened
 * @param steps of each kind that ran
 * @param growth of the process from step to step
 */
public record DetectorMemoryMeasurement(
    long before, Map<StepKind, Peak> steps, MemoryMeasurement growth) {

  public DetectorMemoryMeasurement {
    steps = Collections.unmodifiableMap(new EnumMap<>(steps));
  }

  /**
   * Steps of one kind.
   *
   * @param calculated the memory of the first
   * @param aboveStart by how much the process rose above {@code before} at most; includes what
   *     TensorFlow keeps of the graph and what the Java heap took since
   * @param aboveRest by how much it rose above what it had after the step at most: what the step
   *     gave back
   */
  public record Peak(StepMemory calculated, long aboveStart, long aboveRest) {

    Peak rising(long start, long rest) {
      return new Peak(calculated, Math.max(aboveStart, start), Math.max(aboveRest, rest));
    }
  }
}
