package io.github.tfkfac.tools.run;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.ScanReport.Entry;
import io.github.tfkfac.ScanReport.Outcome;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rejects second-order training without any layer to precondition. */
final class CapturedLayers {

  private static final int REASONS = 3;

  private CapturedLayers() {}

  /**
   * Accepts an optimizer that captured a layer.
   *
   * @param model name of the network
   * @param optimizer name of the optimizer
   * @param kfac the optimizer, its training step built
   * @throws UserError with the most frequent reasons why it captured none
   */
  static void require(String model, String optimizer, Kfac kfac) {
    if (!kfac.layers().isEmpty()) {
      return;
    }
    List<Entry> plain = kfac.scanReport().of(Outcome.PLAIN);
    throw new UserError(
        "expected a layer of %s that %s can precondition, found none among %s (%s); 'kfac inspect' names them; choose a first-order optimizer such as sgdm, or train without preconditioning by --allow-no-layers"
            .formatted(model, optimizer, Counts.of(plain.size(), "variable"), reasons(plain)));
  }

  /** The most frequent reasons without the names of operations, each with its number. */
  private static String reasons(List<Entry> entries) {
    Map<String, Long> counts =
        entries.stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.reason().replaceAll(" '[^']*'", ""),
                    LinkedHashMap::new,
                    Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(REASONS)
        .map(entry -> entry.getValue() + " × " + entry.getKey())
        .collect(Collectors.joining(", "));
  }
}
