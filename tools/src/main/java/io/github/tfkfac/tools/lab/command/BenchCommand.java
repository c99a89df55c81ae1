package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.lab.bench.StepBenchmark;
import io.github.tfkfac.tools.lab.bench.StepMeasurement;
import io.github.tfkfac.tools.lab.bench.StepTrace;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.run.MeasuredPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Times NKFAC's steps against those of momentum; its subcommands measure solvers, staggered
 * refreshes, several workers and memory.
 */
@Command(
    name = "bench",
    description = "Time the parts of NKFAC steps against steps of SGD with momentum.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Mixin NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--rounds",
      paramLabel = "COUNT",
      description = "Repetitions (default: ${DEFAULT-VALUE}).")
  int rounds = 11;

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  @Option(
      names = "--" + MeasuredPrecision.OPTION,
      paramLabel = "NAME",
      description =
          "Products of gradients and inverses in float32, bfloat16 or auto (default:"
              + " ${DEFAULT-VALUE}).")
  String precision = "float32";

  @Option(
      names = "--profile",
      paramLabel = "FOLDER",
      description =
          "Instead, trace one plain step, one update of the statistics and one refresh of either kind,"
              + " and write FOLDER/PART.json for a browser's trace viewer (chrome://tracing, Perfetto).")
  @Nullable Path profile;

  private BenchCommand(Console console) {
    this.console = console;
  }

  /** The command with its subcommands, writing to {@code console}. */
  public static CommandLine line(Console console) {
    return new CommandLine(new BenchCommand(console))
        .addSubcommand(new BenchSolversCommand(console))
        .addSubcommand(new BenchStaggeredCommand(console))
        .addSubcommand(new BenchScalingCommand(console))
        .addSubcommand(new BenchMemoryCommand(console))
        .addSubcommand(new BenchDetectorMemoryCommand(console))
        .addSubcommand(new BenchCocoEvalCommand(console));
  }

  @Override
  public Integer call() throws IOException {
    StepBenchmark benchmark =
        new StepBenchmark(
            network.spec(),
            MeasuredPrecision.form().reader().apply(precision),
            network.batch(),
            rounds,
            measurement.sessionThreads());
    if (profile != null) {
      Files.createDirectories(profile);
      for (Map.Entry<String, StepTrace> part : benchmark.traces().entrySet()) {
        StepTrace trace = part.getValue();
        Files.writeString(profile.resolve(part.getKey() + ".json"), Json.text(trace.chrome()));
        console.out().println(StepText.ofTrace(part.getKey(), trace));
      }
      return 0;
    }
    StepMeasurement found =
        benchmark.run(done -> console.err().println("round " + done + " of " + rounds));
    StepFacts facts = StepFacts.of(network.setting(), precision, measurement.threads, found);
    console.out().print(measurement.json ? Json.text(facts) + "\n" : StepText.of(facts));
    return 0;
  }
}
