package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.train.StopSignal;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.compare.FinishedRun;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.lab.experiment.RunExecutor;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.RecordedRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Trains regressions, several at a time with one thread each. A run that was interrupted is started
 * again.
 *
 * @param jobs how many at a time
 * @param arguments the command line, for records
 * @param notes told when a run has ended
 * @param stop ends all of them early when requested
 */
public record RegressionExecutor(
    int jobs, List<String> arguments, Consumer<String> notes, StopSignal stop)
    implements RunExecutor {

  private static final double NANOS_PER_SECOND = 1e9;

  public RegressionExecutor {
    if (jobs < 1) {
      throw new UserError("expected at least 1 run at a time, found " + jobs);
    }
  }

  @Override
  public void requireUsable(List<PlannedRun> runs) {
    runs.forEach(RegressionSettings::of);
  }

  @Override
  public boolean train(List<PlannedRun> runs, Path folder) throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(jobs);
    try {
      List<Future<Boolean>> ended = new ArrayList<>();
      for (PlannedRun run : runs) {
        ended.add(workers.submit(() -> ended(run, folder)));
      }
      boolean all = true;
      for (Future<Boolean> one : ended) {
        all &= one.get();
      }
      return all;
    } catch (ExecutionException failed) {
      stop.request();
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IOException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      workers.shutdown();
    }
  }

  private boolean ended(PlannedRun run, Path folder) throws IOException {
    RegressionSettings settings = RegressionSettings.of(run);
    Path path = run.folder(folder);
    if (Files.exists(path)) {
      requireSame(path, settings);
      if (FinishedRun.read(path).isPresent()) {
        notes.accept(run.name() + ": finished before");
        return true;
      }
    }
    return !stop.isRequested() && trained(run, settings, path);
  }

  private boolean trained(PlannedRun run, RegressionSettings settings, Path path)
      throws IOException {
    RunFolder folder = emptied(path);
    Samples train = settings.task().train(run.seed());
    Samples test = settings.task().test(run.seed());
    RunRecord record = record(settings, run, train, test);
    record.write(folder);
    long start = System.nanoTime();
    Optional<Map<String, Object>> result;
    try (MetricsCsv metrics =
        MetricsCsv.create(folder.metrics(), RegressionTraining.columns(settings.task()))) {
      result = new RegressionTraining(settings, train, test, metrics, stop).run();
    }
    if (result.isEmpty()) {
      return false;
    }
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    Map<String, Object> numbers = new LinkedHashMap<>(result.get());
    numbers.put("wall_seconds", seconds);
    record.withResult(numbers).write(folder);
    notes.accept(
        "%s: training loss %s after %.0f s"
            .formatted(
                run.name(), numbers.getOrDefault(RegressionTraining.TRAIN_LOSS, "–"), seconds));
    return true;
  }

  private static RunFolder emptied(Path path) throws IOException {
    if (!Files.exists(path)) {
      return RunFolder.create(path);
    }
    RunFolder folder = new RunFolder(path.toAbsolutePath().normalize());
    Files.deleteIfExists(folder.metrics());
    return folder;
  }

  private static void requireSame(Path path, RegressionSettings settings) throws IOException {
    RunFolder folder = new RunFolder(path);
    if (!Files.isRegularFile(folder.record())) {
      return;
    }
    Map<String, String> before = RecordedRun.options(RunRecord.read(folder));
    settings
        .options()
        .forEach(
            (name, now) -> {
              if (before.containsKey(name) && !now.equals(before.get(name))) {
                throw new UserError(
                    "expected the options of the run in %s, found %s = %s where it has %s; use another folder"
                        .formatted(path, name, now, before.get(name)));
              }
            });
  }

  private RunRecord record(
      RegressionSettings settings, PlannedRun run, Samples train, Samples test) {
    Map<String, String> data = new LinkedHashMap<>();
    describe("train", train, settings, data);
    describe("test", test, settings, data);
    return new RunRecord(
        "experiment",
        arguments,
        new LinkedHashMap<>(settings.options()),
        Map.of("seed", run.seed()),
        data,
        Environment.current(),
        Instant.now().toString(),
        Map.of());
  }

  private static void describe(
      String part, Samples samples, RegressionSettings settings, Map<String, String> data) {
    data.put(
        part,
        "%d %s samples of %d inputs, seed %d"
            .formatted(samples.size(), settings.task().kind(), samples.width(), settings.seed()));
    data.put(part + "_sha256", hash(samples));
  }

  private static String hash(Samples samples) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (float[] values : List.of(samples.inputs(), samples.targets())) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
