package io.github.tfkfac;

import java.util.List;
import java.util.Locale;
import org.tensorflow.ndarray.Shape;

/**
 * Report of the treatment of every variable of a graph, with the reason.
 *
 * @param entries one per variable, in graph order, excluded ones last
 */
public record ScanReport(List<Entry> entries) {

  public ScanReport {
    entries = List.copyOf(entries);
  }

  /** Treatment of a variable. */
  public enum Outcome {
    /** Trained with its layer's preconditioner. */
    CAPTURED,
    /** Trained by the same rule without preconditioning. */
    PLAIN,
    /** Not trained. */
    EXCLUDED
  }

  /**
   * One variable.
   *
   * @param variable its name
   * @param shape its shape
   * @param outcome what happens to it
   * @param reason why
   */
  public record Entry(String variable, Shape shape, Outcome outcome, String reason) {}

  /** The entries of one outcome. */
  public List<Entry> of(Outcome outcome) {
    return entries.stream().filter(entry -> entry.outcome() == outcome).toList();
  }

  /** A table for people: outcome, variable, shape, reason; one line per variable. */
  @Override
  public String toString() {
    int widest = entries.stream().mapToInt(entry -> entry.variable().length()).max().orElse(8);
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s  %-" + widest + "s  %-18s  %s%n",
              entry.outcome().name().toLowerCase(Locale.ROOT),
              entry.variable(),
              entry.shape(),
              entry.reason()));
    }
    return text.toString();
  }
}
