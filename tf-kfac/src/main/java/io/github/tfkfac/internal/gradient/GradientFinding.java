package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.OwnGradient;
import java.util.List;
import java.util.function.Predicate;

/**
 * A row of the audit: what is known against TensorFlow's derivative of some operations.
 *
 * @param condition when it holds, in words; empty for always
 * @param holds the same for one use of such an operation
 * @param seenIn the TensorFlow version in which it was found
 */
public record GradientFinding(
    List<String> types,
    String condition,
    Predicate<OperationUse> holds,
    Defect defect,
    Treatment treatment,
    String seenIn) {

  public GradientFinding {
    types = List.copyOf(types);
  }

  /** Defect of a derivative. */
  public enum Defect {
    /** The C++ library has none. */
    MISSING("TensorFlow's C++ library has no derivative of it"),
    /** It is built and is not the derivative. */
    WRONG("TensorFlow's C++ library computes another one"),
    /** It cannot be built or not run. */
    FAILS("the one of TensorFlow's C++ library does not run"),
    /** Its threads write to the same places. */
    RACY("its threads write to the same places on a CPU");

    private final String text;

    Defect(String text) {
      this.text = text;
    }
  }

  /** Treatment of a finding. */
  public sealed interface Treatment {}

  /** The derivative of this package is used. */
  record Supplied(GradientRule rule) implements Treatment {}

  /**
   * The graph is rejected.
   *
   * @param remedy a way out besides freezing, or empty
   */
  record Rejected(String remedy) implements Treatment {}

  /**
   * TensorFlow's derivative is used.
   *
   * @param remedy what the user may do about it
   */
  record Noted(String remedy) implements Treatment {}

  /** The defect, in words. */
  String reason(OperationUse use) {
    String named = OwnGradient.name(use.operation()).map(name -> ", '" + name + "'").orElse("");
    return condition.isEmpty() ? defect.text : defect.text + " (" + condition + named + ")";
  }

  /** The treatment, in words. */
  public String remedy() {
    if (treatment instanceof Rejected rejected) {
      return rejected.remedy().isEmpty() ? "rejected" : "rejected: " + rejected.remedy();
    }
    return treatment instanceof Noted noted ? noted.remedy() : "supplied";
  }

  boolean appliesTo(OperationUse use) {
    return types.contains(use.type())
        && (defect != Defect.MISSING || !OperationDefinitions.hasGradient(use.type()))
        && holds.test(use);
  }
}
