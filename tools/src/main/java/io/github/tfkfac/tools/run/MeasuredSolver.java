package io.github.tfkfac.tools.run;

import io.github.tfkfac.Approximation.Inverses;
import io.github.tfkfac.InverseSolver;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.SolverTimings;
import io.github.tfkfac.internal.linalg.AutoSolver;
import io.github.tfkfac.tools.setting.Form;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorflow.types.TFloat32;

/**
 * The solver of exact refreshes that is chosen by a measurement, one per process. A choice is
 * written as {@code auto:64=cholesky,256=lu}, so that a run can continue with it.
 */
final class MeasuredSolver {

  /** Stands for the choice as long as nothing was measured. */
  static final AutoSolver UNMEASURED =
      new AutoSolver(new SolverTimings(Map.of(1, Map.of(InverseSolver.cholesky(), 1.0))));

  static final String OPTION = "exact-solver";

  /** Asks for a measurement. */
  static final String AUTO = "auto";

  private static final String CHOSEN = AUTO + ":";

  /** Orders in between go by the nearest. */
  private static final List<Integer> ORDERS = List.of(64, 256, 1024);

  private MeasuredSolver() {}

  /** The same options with the measured solver in place of {@link #UNMEASURED}. */
  static KfacOptions in(KfacOptions options) {
    return options.approximation() instanceof Inverses inverses
            && inverses.exactSolver().equals(UNMEASURED)
        ? options.withExactSolver(Measurement.SOLVER)
        : options;
  }

  /** The measured choice as the value of the option. */
  static String choice() {
    return text().writer().apply(Measurement.SOLVER);
  }

  /** Whether a value asks for what another one says was chosen. */
  static boolean isChoice(String asked, String recorded) {
    return asked.equals(AUTO) && recorded.startsWith(CHOSEN);
  }

  /** The option's values: the name of a solver, or a choice. */
  static Form<InverseSolver> text() {
    Form<InverseSolver> names = Form.oneOf("solver", CurvatureTable.SOLVERS);
    return new Form<>(
        String.class,
        names.expected(),
        text -> text.startsWith(CHOSEN) ? chosen(text) : names.reader().apply(text),
        solver ->
            solver instanceof AutoSolver auto && !auto.equals(UNMEASURED)
                ? written(auto.timings())
                : names.writer().apply(solver));
  }

  private static InverseSolver chosen(String text) {
    Map<Integer, Map<InverseSolver, Double>> fastest = new TreeMap<>();
    Form.perLayer(Form.oneOf("solver", CurvatureTable.PLAIN_SOLVERS))
        .reader()
        .apply(text.substring(CHOSEN.length()))
        .forEach((order, solver) -> fastest.put(Integer.valueOf(order), Map.of(solver, 1.0)));
    return new AutoSolver(new SolverTimings(fastest));
  }

  private static String written(SolverTimings timings) {
    return timings.seconds().keySet().stream()
        .map(order -> order + "=" + name(timings.fastest(order)))
        .collect(Collectors.joining(",", CHOSEN, ""));
  }

  private static String name(InverseSolver solver) {
    return CurvatureTable.PLAIN_SOLVERS.entrySet().stream()
        .filter(entry -> Objects.equals(entry.getValue(), solver))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static final class Measurement {
    static final AutoSolver SOLVER =
        new AutoSolver(
            SolverTimings.measure(
                List.copyOf(CurvatureTable.PLAIN_SOLVERS.values()),
                ORDERS,
                TFloat32.class,
                System::nanoTime));
  }
}
