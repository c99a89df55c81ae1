package io.github.tfkfac.tools.bench;

import io.github.tfkfac.tools.memory.StepKind;
import java.util.Map;

/**
 * The memory of a detector's training, calculated and measured.
 *
 * @param atRestBefore main memory of the process with the graph, before the session was opened
 * @param calculated peak of each kind of step
 * @param measured by how much the process rose at most above {@code atRestBefore} in steps of each
 *     kind
 * @param growth of the process from step to step
 */
public record DetectorMemoryMeasurement(
    long atRestBefore,
    Map<StepKind, Long> calculated,
    Map<StepKind, Long> measured,
    MemoryMeasurement growth) {

  public DetectorMemoryMeasurement {
    calculated = Map.copyOf(calculated);
    measured = Map.copyOf(measured);
  }
}
