package io.github.tfkfac.tools.lab.bench;

import org.bytedeco.javacpp.Pointer;
import org.tensorflow.Graph;

/**
 * Memory and graph size of a training after a step.
 *
 * @param step training steps done
 * @param residentBytes main memory of the process; 0 if the system does not tell
 * @param javaCppPhysicalBytes the same without pages shared with files, as JavaCPP measures it
 * @param javaCppBytes native memory that Java objects own
 * @param graphOperations operations in the graph
 */
public record MemorySnapshot(
    long step,
    long residentBytes,
    long javaCppPhysicalBytes,
    long javaCppBytes,
    long graphOperations) {

  static MemorySnapshot take(long step, Graph graph) {
    return new MemorySnapshot(
        step,
        ProcessMemory.current().residentBytes(),
        Pointer.physicalBytes(),
        Pointer.totalBytes(),
        GraphSize.operations(graph));
  }
}
