package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.lab.bench.ScalingBenchmark;
import io.github.tfkfac.tools.lab.bench.ScalingMeasurement;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork;
import io.github.tfkfac.tools.lab.bench.ScalingSpeeds;
import io.github.tfkfac.tools.lab.bench.StepTrace;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Calculates how distributed K-FAC scales, or measures it with one worker and two. */
@Command(
    name = "scaling",
    description = {
      "Calculate the time of an iteration of distributed K-FAC for 1 to 1,024 workers, with K-FAC in"
          + " every step and with NKFAC's periods.",
      "With --measure, time steps of one worker and of two on this machine instead."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class BenchScalingCommand implements Callable<Integer> {
  private static final ImageShape IMAGE = new ImageShape(224, 224, 3);

  private final Console console;

  @Mixin NetworkOptions network = preset();

  @Mixin MeasurementOptions measurement = new MeasurementOptions();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "Also write scaling.csv and scaling.png there, with --measure scaling-measured.csv, over"
              + " earlier ones.")
  @Nullable Path out;

  @ArgGroup(validate = false, heading = "%nOf the calculation:%n")
  Calculation calculation = new Calculation();

  @ArgGroup(validate = false, heading = "%nOf the measurement:%n")
  Measured measured = new Measured();

  /** Options of the calculation. */
  static final class Calculation {
    @Option(
        names = "--largest",
        paramLabel = "COUNT",
        description = "Most workers; the others are powers of two (default: ${DEFAULT-VALUE}).")
    int largest = 1024;

    @Option(
        names = "--bandwidth",
        paramLabel = "BYTES/S",
        description =
            "What a worker receives, and sends at the same time (default: ${DEFAULT-VALUE}).")
    double bandwidth = 8e9;

    @Option(
        names = "--latency",
        paramLabel = "SECONDS",
        description = "Of one message (default: ${DEFAULT-VALUE}).")
    double latency = 2e-6;

    @Option(
        names = "--training-speed",
        paramLabel = "FLOP/S",
        description = "Of passes and preconditioning (default: ${DEFAULT-VALUE}).")
    double training = 6e12;

    @Option(
        names = "--statistics-speed",
        paramLabel = "FLOP/S",
        description = "Of second moments (default: ${DEFAULT-VALUE}).")
    double statistics = 4e12;

    @Option(
        names = "--refresh-speed",
        paramLabel = "FLOP/S",
        description = "Of inverses, 2d³ for order d (default: ${DEFAULT-VALUE}).")
    double refresh = 2e12;

    @Option(
        names = "--refresh-overhead",
        paramLabel = "SECONDS",
        description =
            "Of the refresh of each factor besides its operations (default: ${DEFAULT-VALUE}).")
    double launch = 8e-3;

    ScalingSpeeds speeds() {
      return new ScalingSpeeds(bandwidth, latency, training, statistics, refresh, launch);
    }
  }

  /** Options of the measurement. */
  static final class Measured {
    @Option(names = "--measure", description = "Measure; --threads is 1 unless given.")
    boolean measure;

    @Option(
        names = "--rounds",
        paramLabel = "COUNT",
        description = "How often a step of each kind is timed (default: ${DEFAULT-VALUE}).")
    int rounds = 5;

    @Option(
        names = "--profile",
        paramLabel = "FOLDER",
        description =
            "Instead, trace a step of each kind on worker 0 of two, and write FOLDER/STEP.json for a"
                + " browser's trace viewer (chrome://tracing, Perfetto).")
    @Nullable Path profile;
  }

  BenchScalingCommand(Console console) {
    this.console = console;
  }

  private static NetworkOptions preset() {
    NetworkOptions network = new NetworkOptions();
    network.classifier.model = "resnet50-imagenet";
    network.classifier.image = IMAGE;
    network.classifier.classes = 1000;
    network.classifier.batch = 32;
    return network;
  }

  @Override
  public Integer call() throws IOException {
    if (out != null) {
      Files.createDirectories(out);
    }
    if (measured.profile != null) {
      profile(measured.profile);
    } else if (measured.measure) {
      measure();
    } else {
      calculate();
    }
    return 0;
  }

  private void calculate() throws IOException {
    ScalingNetwork sizes =
        ScalingNetwork.of(
            Inspection.of(network.spec(), network.batch(), "nkfac", KfacOptions.nkfac()));
    ScalingCurves curves =
        ScalingCurves.of(network.setting(), sizes, calculation.speeds(), calculation.largest);
    console
        .out()
        .print(measurement.json ? Json.text(curves) + "\n" : ScalingCurvesText.text(curves));
    if (out != null) {
      ScalingCurvesText.write(curves, out);
    }
  }

  private ScalingBenchmark benchmark() {
    return new ScalingBenchmark(
        network.spec(),
        network.batch(),
        network.statisticsPeriod,
        network.inversePeriod,
        measured.rounds,
        Math.max(1, measurement.threads));
  }

  private void measure() throws IOException {
    List<ScalingMeasurement> found =
        benchmark().run(done -> console.err().println("done: " + done));
    ScalingMeasuredText text = new ScalingMeasuredText(network.setting(), found);
    console.out().print(measurement.json ? Json.text(found) + "\n" : text.text());
    if (out != null) {
      Files.writeString(out.resolve("scaling-measured.csv"), text.csv());
    }
  }

  private void profile(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, StepTrace> step : benchmark().traces().entrySet()) {
      Files.writeString(
          folder.resolve(step.getKey() + ".json"), Json.text(step.getValue().chrome()));
      console.out().println(StepText.ofTrace(step.getKey(), step.getValue()));
    }
  }
}
