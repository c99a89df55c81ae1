package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.bench.StepBenchmark;
import io.github.tfkfac.tools.bench.StepMeasurement;
import io.github.tfkfac.tools.bench.StepTimes;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.render.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Times NKFAC's steps against those of momentum; its subcommands measure solvers and memory. */
@Command(
    name = "bench",
    description = "Time the parts of NKFAC steps against steps of SGD with momentum.",
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Mixin NetworkOptions network = new NetworkOptions();

  @Option(names = "--rounds", description = "Repetitions (default: ${DEFAULT-VALUE}).")
  int rounds = 11;

  @Option(
      names = "--threads",
      description = "Threads; 0 leaves the choice to TensorFlow (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  private BenchCommand(Console console) {
    this.console = console;
  }

  /** The command with its subcommands, writing to {@code console}. */
  public static CommandLine line(Console console) {
    return new CommandLine(new BenchCommand(console))
        .addSubcommand(new BenchSolversCommand(console))
        .addSubcommand(new BenchMemoryCommand(console));
  }

  @Override
  public Integer call() {
    StepMeasurement found =
        new StepBenchmark(
                network.spec(), network.batch, rounds, new SessionThreads(threads, threads))
            .run(done -> console.err().println("round " + done + " of " + rounds));
    StepTimes.Summary summary =
        found.times().summary(network.statisticsPeriod, network.inversePeriod);
    console
        .out()
        .print(
            json
                ? Json.text(Map.of("summary", summary, "measurement", found)) + "\n"
                : StepText.of(network, found, summary));
    return 0;
  }
}
