package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.ScanReport;
import java.util.Arrays;
import java.util.List;

/**
 * Treatment of a variable by the optimizer.
 *
 * @param name its name
 * @param shape its dimensions
 * @param outcome what happens to it
 * @param reason why
 */
public record VariableFact(
    String name, List<Long> shape, ScanReport.Outcome outcome, String reason) {

  public VariableFact {
    shape = List.copyOf(shape);
  }

  static VariableFact of(ScanReport.Entry entry) {
    return new VariableFact(
        entry.variable(),
        Arrays.stream(entry.shape().asArray()).boxed().toList(),
        entry.outcome(),
        entry.reason());
  }
}
