package io.github.tfkfac.tools.lab.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/**
 * Two looks at one training; a loop that leaks shows between them.
 *
 * @param early once every kind of step has run
 * @param last at the end
 */
public record MemoryMeasurement(MemorySnapshot early, MemorySnapshot last) {

  /** By how much the process's memory may grow: the Java heap and allocators are never at rest. */
  public static final long RESIDENT_TOLERANCE = 30L << 20;

  /** Measures that grew, one line each; empty if nothing leaks. */
  @JsonProperty
  public List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    require(
        leaks, "process memory", early.residentBytes(), last.residentBytes(), RESIDENT_TOLERANCE);
    require(leaks, "native memory of Java objects", early.javaCppBytes(), last.javaCppBytes(), 0);
    require(
        leaks, "number of graph operations", early.graphOperations(), last.graphOperations(), 0);
    return leaks;
  }

  private void require(List<String> leaks, String what, long before, long after, long tolerance) {
    if (after - before > tolerance) {
      leaks.add(
          "expected the %s to grow by at most %d from step %d to %d, found %d, then %d"
              .formatted(what, tolerance, early.step(), last.step(), before, after));
    }
  }
}
