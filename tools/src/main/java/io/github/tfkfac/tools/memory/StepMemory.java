package io.github.tfkfac.tools.memory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The memory of one training step.
 *
 * @param step steps done before
 * @param variableBytes all variables that the step uses
 * @param constantBytes constants of the graph
 * @param fedBytes what the step is fed
 * @param temporaryBytes what lives in addition, at most
 * @param operation the operation at which that is so
 * @param operationType its type
 * @param largest the largest temporaries alive then, largest first
 * @param operations that ran
 * @param open outputs of unknown size, which count as nothing
 */
public record StepMemory(
    long step,
    long variableBytes,
    long constantBytes,
    long fedBytes,
    long temporaryBytes,
    String operation,
    String operationType,
    List<Temporary> largest,
    int operations,
    List<String> open) {

  public StepMemory {
    largest = List.copyOf(largest);
    open = List.copyOf(open);
  }

  /** An operation's result. */
  public record Temporary(String operation, long bytes) {}

  /** Everything together. */
  @JsonProperty
  public long peakBytes() {
    return variableBytes + constantBytes + fedBytes + temporaryBytes;
  }
}
