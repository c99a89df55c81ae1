package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.lab.bench.StaggeredBenchmark;
import io.github.tfkfac.tools.lab.bench.StaggeredMeasurement;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times every step of an inverse period, with the refreshes together and staggered. */
@Command(
    name = "staggered",
    description =
        "Time every step of an inverse period, with all factors refreshed in one step and with the"
            + " refreshes spread over the period.",
    mixinStandardHelpOptions = true)
final class BenchStaggeredCommand implements Callable<Integer> {
  private final Console console;

  @Mixin NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--windows",
      paramLabel = "COUNT",
      description =
          "Inverse periods that are measured; of every step its fastest time counts (default:"
              + " ${DEFAULT-VALUE}).")
  int windows = 3;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Also write staggered.png and staggered.csv there, over earlier ones.")
  @Nullable Path out;

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  /** Content of the JSON output. */
  record Facts(
      NetworkOptions.Setting setting,
      double ratio,
      double ratioOfTotals,
      StaggeredMeasurement measurement) {}

  BenchStaggeredCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (out != null) {
      Files.createDirectories(out);
    }
    StaggeredMeasurement found =
        new StaggeredBenchmark(
                network.spec(),
                network.batch(),
                network.statisticsPeriod,
                Math.toIntExact(network.inversePeriod),
                windows,
                measurement.sessionThreads())
            .run(done -> console.err().println("window " + done + " of " + windows));
    BenchStaggeredReport report = new BenchStaggeredReport(network.setting(), found);
    console
        .out()
        .print(
            measurement.json
                ? Json.text(
                        new Facts(network.setting(), found.ratio(), found.ratioOfTotals(), found))
                    + "\n"
                : report.text());
    if (out != null) {
      report.write(out);
    }
    if (!found.isSound()) {
      console
          .err()
          .println(
              "kfac: error: expected every step to run whole, found skipped steps or rejected"
                  + " inverses: the times are not those of a training");
    }
    return found.isSound() ? 0 : Failure.FAILED;
  }
}
