package io.github.tfkfac.tools.run;

import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.Approximation.LowRank;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PreconditioningPrecision;
import io.github.tfkfac.tools.setting.Form;
import java.util.Map;
import java.util.Optional;

/**
 * The precision in which inverses are applied, as an option. A measured one is written as {@code
 * auto:512}, the least order in bfloat16, or {@code auto:float32}, so that a run can continue with
 * it.
 */
public final class MeasuredPrecision {

  /** Name of the option, without dashes. */
  public static final String OPTION = "preconditioning-precision";

  private static final String FLOAT32 = "float32";
  private static final String CHOSEN = MeasuredSolver.AUTO + ":";

  private static final Map<String, PreconditioningPrecision> NAMES =
      Form.ordered(
          Map.entry(FLOAT32, PreconditioningPrecision.FLOAT32),
          Map.entry("bfloat16", PreconditioningPrecision.BFLOAT16),
          Map.entry(MeasuredSolver.AUTO, PreconditioningPrecision.AUTO));

  private MeasuredPrecision() {}

  static Optional<PreconditioningPrecision> of(KfacOptions options) {
    if (options.approximation() instanceof Inverses inverses) {
      return Optional.of(inverses.precision());
    }
    return options.approximation() instanceof LowRank lowRank
        ? Optional.of(lowRank.precision())
        : Optional.empty();
  }

  /** The measured choice as the value of the option. */
  static String choice() {
    return form().writer().apply(PreconditioningPrecision.AUTO.measured());
  }

  /** The option's values: a precision, or a choice. */
  public static Form<PreconditioningPrecision> form() {
    Form<PreconditioningPrecision> names = Form.oneOf("precision", NAMES);
    return new Form<>(
        String.class,
        names.expected(),
        text -> text.startsWith(CHOSEN) ? chosen(text) : names.reader().apply(text),
        precision ->
            precision.isMeasured() ? CHOSEN + least(precision) : names.writer().apply(precision));
  }

  private static PreconditioningPrecision chosen(String text) {
    String least = text.substring(CHOSEN.length());
    return new PreconditioningPrecision(
        least.equals(FLOAT32) ? PreconditioningPrecision.NEVER : Integer.parseInt(least), true);
  }

  private static String least(PreconditioningPrecision precision) {
    return precision.leastOrder() == PreconditioningPrecision.NEVER
        ? FLOAT32
        : String.valueOf(precision.leastOrder());
  }
}
