package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.bench.Solver;
import io.github.tfkfac.tools.bench.SolverBenchmark;
import io.github.tfkfac.tools.bench.SolverMeasurement;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times the solvers on damped factors. */
@Command(
    name = "solvers",
    description = "Time the ways to invert a damped factor.",
    mixinStandardHelpOptions = true)
final class BenchSolversCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--sizes",
      paramLabel = "ORDER",
      split = ",",
      description = "Orders of the matrices (default: 64,128,256,576,1152).")
  List<Integer> sizes = List.of(64, 128, 256, 576, 1152);

  @Option(
      names = "--solvers",
      paramLabel = "NAME",
      split = ",",
      description = "What is compared: ${COMPLETION-CANDIDATES} (default: all).")
  Set<Solver> solvers = EnumSet.allOf(Solver.class);

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "Repetitions (default: ${DEFAULT-VALUE}).")
  int rounds = 11;

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  BenchSolversCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<SolverMeasurement> found =
        new SolverBenchmark(sizes, solvers, rounds, measurement.sessionThreads())
            .run(size -> console.err().println("size " + size + " done"));
    console.out().print(measurement.json ? Json.text(found) + "\n" : table(found).text());
    return 0;
  }

  private static Table table(List<SolverMeasurement> found) {
    return new Table(
        List.of(
            Column.number("size"),
            Column.text("solver"),
            Column.number("median ms"),
            Column.number("min"),
            Column.number("max"),
            Column.number("residual")),
        found.stream()
            .map(
                one ->
                    List.of(
                        String.valueOf(one.size()),
                        one.solver().title(),
                        milliseconds(one.milliseconds().median()),
                        milliseconds(one.milliseconds().min()),
                        milliseconds(one.milliseconds().max()),
                        String.format(Locale.ROOT, "%.1e", one.residual())))
            .toList());
  }

  private static String milliseconds(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
