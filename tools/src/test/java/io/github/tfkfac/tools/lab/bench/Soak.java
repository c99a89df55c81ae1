package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.statistics.StudentT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.tensorflow.Graph;
import org.tensorflow.types.TFloat32;

/**
 * Long runs in which nothing may grow: memory of the process, native memory of Java objects, open
 * files, threads, operations of the graph. No part of the build; {@code soak.sh} runs every case in
 * a process of its own.
 *
 * <p>Arguments: a preset and its steps; {@code sessions} and how many are opened and closed for two
 * optimizers; or {@code program} and a command line of the program. A line for each look at the
 * process goes to the file {@code looks.csv}, the slopes per 1,000 steps (of a program per minute)
 * with 95 % intervals over the last four fifths to standard output. Looks that follow one another
 * are not independent, so intervals are too narrow.
 */
final class Soak {

  private static final int LOOKS = 200;
  private static final int BATCH = 8;

  private final List<Look> looks = new ArrayList<>();

  private Soak() {}

  /** A preset at a small rate, with refreshes so frequent that a run has many. */
  private static OptimizerFactory preset(String name, long steps) {
    Map<String, String> options = new LinkedHashMap<>(Map.of("optimizer", name, "lr", "0.01"));
    if (RunSettings.of(options).optimizer().kfac(steps).isPresent()) {
      options.put("stat-period", "2");
      options.put("inverse-period", "10");
    }
    return RunSettings.of(options).optimizer().factory(steps);
  }

  /** One look at the process. */
  private record Look(
      double at, double resident, double nativeBytes, double files, double threads, double graph) {

    static Look of(double at, double operations) {
      return new Look(
          at,
          ProcessMemory.current().residentBytes() / 1024.0,
          Pointer.totalBytes(),
          count(Path.of("/proc/self/fd")),
          count(Path.of("/proc/self/task")),
          operations);
    }

    private static double count(Path folder) {
      try (Stream<Path> entries = Files.list(folder)) {
        return entries.count();
      } catch (IOException e) {
        return Double.NaN;
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    Soak soak = new Soak();
    String kind = arguments[0];
    switch (kind) {
      case "sessions" -> soak.sessions(Integer.parseInt(arguments[1]));
      case "program" -> soak.program(Arrays.copyOfRange(arguments, 1, arguments.length));
      default -> soak.steps(kind, Integer.parseInt(arguments[1]));
    }
    soak.report(kind);
    System.exit(0);
  }

  private static TrainingProbe probe(OptimizerFactory optimizer) {
    ClassifierSpec<TFloat32> spec =
        new ClassifierSpec<>(
            Architectures.named("mlp"),
            new ImageShape(8, 8, 1),
            10,
            TFloat32.class,
            1,
            new SoftmaxCrossEntropy());
    return new TrainingProbe(spec, BATCH, new SessionThreads(1, 1), optimizer);
  }

  private void steps(String name, int steps) {
    OptimizerFactory optimizer = preset(name, steps);
    List<Graph> graphs = new ArrayList<>();
    OptimizerFactory seen =
        graph -> {
          graphs.add(graph);
          return optimizer.create(graph);
        };
    try (TrainingProbe probe = probe(seen)) {
      for (int step = 1; step <= steps; step++) {
        probe.step();
        if (step % Math.max(1, steps / LOOKS) == 0) {
          looks.add(Look.of(step / 1000.0, (double) GraphSize.operations(graphs.get(0))));
        }
      }
      if (!probe.health().isSound()) {
        System.out.println("health: " + probe.health());
      }
    }
  }

  private void sessions(int count) {
    for (int i = 1; i <= count; i++) {
      for (String name : List.of("nkfac", "soap")) {
        try (TrainingProbe probe = probe(preset(name, count))) {
          probe.step();
        }
      }
      looks.add(Look.of(i / 1000.0, 0));
    }
  }

  private void program(String... line) throws InterruptedException {
    long start = System.nanoTime();
    List<CommandRun> ended = new ArrayList<>();
    Thread run = new Thread(() -> ended.add(CommandRun.of(line)));
    run.start();
    while (run.isAlive()) {
      run.join(500);
      looks.add(Look.of((System.nanoTime() - start) / 60e9, 0));
    }
    CommandRun found = ended.get(0);
    if (found.exitCode() != 0) {
      throw new IllegalStateException(found.err());
    }
  }

  private void report(String kind) throws IOException {
    StringBuilder lines = new StringBuilder("at,resident_kib,native_bytes,files,threads,graph\n");
    looks.forEach(
        look ->
            lines.append(
                String.format(
                    Locale.ROOT,
                    "%.4f,%.0f,%.0f,%.0f,%.0f,%.0f%n",
                    look.at,
                    look.resident,
                    look.nativeBytes,
                    look.files,
                    look.threads,
                    look.graph)));
    Files.writeString(Path.of("looks.csv"), lines);
    System.out.printf(
        Locale.ROOT,
        "| %s | %.0f | %s | %s | %s | %s | %s |%n",
        kind,
        looks.get(looks.size() - 1).resident / 1024,
        slope(Look::resident),
        slope(Look::nativeBytes),
        slope(Look::files),
        slope(Look::threads),
        slope(Look::graph));
  }

  /** The slope of a line through the last four fifths, by least squares. */
  private String slope(ToDoubleFunction<Look> value) {
    List<Look> last = looks.subList(looks.size() / 5, looks.size());
    double x = last.stream().mapToDouble(Look::at).average().orElseThrow();
    double y = last.stream().mapToDouble(value).average().orElseThrow();
    double square = 0;
    double product = 0;
    for (Look look : last) {
      square += (look.at - x) * (look.at - x);
      product += (look.at - x) * (value.applyAsDouble(look) - y);
    }
    double slope = product / square;
    double rest = 0;
    for (Look look : last) {
      double error = value.applyAsDouble(look) - y - slope * (look.at - x);
      rest += error * error;
    }
    int freedom = last.size() - 2;
    double half = new StudentT(freedom).centralQuantile(0.95) * Math.sqrt(rest / freedom / square);
    return slope == 0 && half == 0 ? "0" : String.format(Locale.ROOT, "%.2f ± %.2f", slope, half);
  }
}
