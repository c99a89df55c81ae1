package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.lab.bench.Solver;
import io.github.tfkfac.tools.lab.bench.SolverBenchmark;
import io.github.tfkfac.tools.lab.bench.SolverMeasurement;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times refreshes of a factor by each solver. */
@Command(
    name = "solvers",
    description =
        "Time NKFAC's refresh of one factor (damping, inverse, check) by Newton's iteration and by"
            + " the exact solvers.",
    mixinStandardHelpOptions = true)
final class BenchSolversCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--sizes",
      paramLabel = "ORDER",
      split = ",",
      description = "Orders of the factors (default: 64,128,256,576,1152,2304,4608).")
  List<Integer> sizes = List.of(64, 128, 256, 576, 1152, 2304, 4608);

  @Option(
      names = "--solvers",
      paramLabel = "NAME",
      split = ",",
      description = "What is compared: ${COMPLETION-CANDIDATES} (default: all).")
  Set<Solver> solvers = EnumSet.allOf(Solver.class);

  @Option(
      names = "--largest-eigen",
      paramLabel = "ORDER",
      description =
          "No eigendecomposition of larger factors, it would take minutes (default:"
              + " ${DEFAULT-VALUE}).")
  int largestEigen = 2304;

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description =
          "Repetitions; from order 577 on fewer, but at least 5 (default: ${DEFAULT-VALUE}).")
  int rounds = 11;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Also write solvers.png and solvers.csv there, over earlier ones.")
  @Nullable Path out;

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  BenchSolversCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (out != null) {
      Files.createDirectories(out);
    }
    List<SolverMeasurement> found =
        new SolverBenchmark(sizes, solvers, largestEigen, rounds, measurement.sessionThreads())
            .run(size -> console.err().println("size " + size + " done"));
    BenchSolversReport report = new BenchSolversReport(found);
    console.out().print(measurement.json ? Json.text(found) + "\n" : report.table().text());
    if (out != null) {
      report.write(out);
    }
    return 0;
  }
}
