package io.github.tfkfac.tools.memory;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Kind of a training step, by its work besides the update, which determines the memory it needs.
 */
public enum StepKind {
  /** Nothing. */
  PLAIN("plain step"),
  /** Statistics are due. */
  STATISTICS("statistics"),
  /** An iterative refresh is due, and statistics if their period divides that of refreshes. */
  REFRESH("refresh"),
  /** An exact refresh is due. */
  EXACT_REFRESH("exact refresh");

  private final String label;

  StepKind(String label) {
    this.label = label;
  }

  /** For people. */
  public String label() {
    return label;
  }

  /**
   * The kind of a step.
   *
   * @param options of the optimizer; none for one of first order
   * @param step steps before it
   */
  public static StepKind of(Optional<KfacOptions> options, long step) {
    if (options.isEmpty()) {
      return PLAIN;
    }
    RefreshPolicy refreshes = options.get().refreshes();
    if (step % refreshes.period() == 0) {
      return refreshes.isExact(step) ? EXACT_REFRESH : REFRESH;
    }
    return step % options.get().factors().statistics().period() == 0 ? STATISTICS : PLAIN;
  }

  /** The first step of this kind among this many. */
  public Optional<Long> first(Optional<KfacOptions> options, long steps) {
    return LongStream.range(0, steps).filter(step -> of(options, step) == this).boxed().findFirst();
  }
}
