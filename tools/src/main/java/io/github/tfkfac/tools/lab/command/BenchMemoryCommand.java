package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.lab.bench.MemoryBenchmark;
import io.github.tfkfac.tools.lab.bench.MemoryMeasurement;
import io.github.tfkfac.tools.lab.bench.MemorySnapshot;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.render.Quantities;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains for a while and fails if memory or graph grow. */
@Command(
    name = "memory",
    description = "Train on noise and check that neither memory nor graph grow.",
    mixinStandardHelpOptions = true)
final class BenchMemoryCommand implements Callable<Integer> {
  private static final long STEPS_PER_LINE = 100;
  private final Console console;

  @Mixin NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      description = "Training steps (default: ${DEFAULT-VALUE}).")
  long steps = 1000;

  @Option(
      names = "--from",
      paramLabel = "STEP",
      description = "Steps after which growth counts (default: ${DEFAULT-VALUE}).")
  long from = 200;

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  /** Content of the JSON output. */
  record Facts(NetworkOptions.Setting setting, MemoryMeasurement measurement) {}

  BenchMemoryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    MemoryMeasurement found =
        new MemoryBenchmark(
                network.spec(),
                network.optimizer(),
                network.batch(),
                from,
                steps,
                measurement.sessionThreads())
            .run(this::report);
    console
        .out()
        .print(
            measurement.json
                ? Json.text(new Facts(network.setting(), found)) + "\n"
                : table(found).text());
    found.leaks().forEach(line -> console.err().println("kfac: error: " + line));
    return found.leaks().isEmpty() ? 0 : Failure.FAILED;
  }

  private void report(long step) {
    if (step % STEPS_PER_LINE == 0) {
      console.err().println("step " + step + " of " + steps);
    }
  }

  static Table table(MemoryMeasurement found) {
    return new Table(
        List.of(
            Column.number("step"),
            Column.number("process"),
            Column.number("not shared (JavaCPP)"),
            Column.number("Java objects' native memory"),
            Column.number("graph operations")),
        Stream.of(found.early(), found.last()).map(BenchMemoryCommand::row).toList());
  }

  private static List<String> row(MemorySnapshot look) {
    return List.of(
        String.valueOf(look.step()),
        Quantities.bytes(look.residentBytes()),
        Quantities.bytes(look.javaCppPhysicalBytes()),
        look.javaCppBytes() + " B",
        String.valueOf(look.graphOperations()));
  }
}
