package io.github.tfkfac.tools.run;

import io.github.tfkfac.DampingAdaptation;
import io.github.tfkfac.DiagnosticsRow;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.LayerDiagnostics;
import io.github.tfkfac.Quantity;
import io.github.tfkfac.Stage;
import io.github.tfkfac.StageTimes;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.record.DiagnosticsCsv;
import io.github.tfkfac.tools.record.EventFile;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat64;

/**
 * Measures every captured layer every N steps and writes the numbers to the run's folder, as a
 * table and as TensorBoard scalars. What concerns the whole network has the layer {@code *}; the
 * seconds of the step's stages, from before the batch is fed, have a table of their own, unless
 * TensorFlow is asked to be deterministic, which forbids it to look at the clock.
 */
public final class DiagnosticsProbe {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final List<String> DETERMINISTIC = List.of("1", "true");
  private static final String WHOLE_NETWORK = "*";
  private static final String NEWTON = "newton_refreshes";
  private static final String FULL_NEWTON = "newton_refreshes_with_full_steps";
  private static final String DAMPING_FACTOR = "damping_factor";
  private static final String REDUCTION_RATIO = "reduction_ratio";

  private static final List<String> COLUMNS =
      Stream.concat(
              Stream.of(Quantity.values()).map(Quantity::column),
              Stream.of(NEWTON, FULL_NEWTON, DAMPING_FACTOR, REDUCTION_RATIO))
          .toList();

  private static final List<String> STAGES = Stream.of(Stage.values()).map(Stage::column).toList();

  private DiagnosticsProbe() {}

  /**
   * Listens to a training.
   *
   * @param period steps between two measurements
   * @param optimizer of the second order
   */
  public static RunProbe.Open open(
      int period, TrainingOptimizer optimizer, Session session, RunFolder folder) {
    if (!(optimizer instanceof Kfac kfac)) {
      throw new IllegalArgumentException(
          "expected a second-order optimizer to diagnose, found " + optimizer.getOptimizerName());
    }
    return new Listener(period, kfac, session, folder);
  }

  /** The same optimizer with its stages timed where that is possible. */
  public static TrainingOptimizer timed(TrainingOptimizer optimizer) {
    if (optimizer instanceof Kfac kfac
        && !DETERMINISTIC.contains(String.valueOf(System.getenv("TF_DETERMINISTIC_OPS")))) {
      kfac.timeStages();
    }
    return optimizer;
  }

  private static final class Listener implements RunProbe.Open {
    private final int period;
    private final LayerDiagnostics diagnostics;
    private final Optional<StageTimes> times;
    private final Optional<DampingAdaptation> adaptation;
    private final Session session;
    private final RunFolder folder;
    private List<DiagnosticsRow> rows = List.of();
    private Map<String, Double> seconds = Map.of();
    private double start;
    private @Nullable DiagnosticsCsv table;
    private @Nullable MetricsCsv stages;
    private @Nullable EventFile events;

    Listener(int period, Kfac optimizer, Session session, RunFolder folder) {
      this.period = period;
      this.diagnostics = optimizer.diagnostics();
      this.times = optimizer.stageTimes();
      this.adaptation = optimizer.dampingAdaptation();
      this.session = session;
      this.folder = folder;
    }

    @Override
    public void started(StartReport report) {
      Clock clock = Clock.systemUTC();
      Path scalars = folder.events().resolve("diagnostics");
      try {
        if (report.resumedFrom().isPresent()) {
          table = DiagnosticsCsv.resume(folder.diagnostics(), COLUMNS, report.step());
          events = EventFile.resume(scalars, report.step(), clock);
        } else {
          table = DiagnosticsCsv.create(folder.diagnostics(), COLUMNS);
          events = EventFile.create(scalars, clock);
        }
        if (times.isPresent()) {
          stages =
              Files.exists(folder.stages())
                  ? MetricsCsv.resume(folder.stages(), STAGES, report.step())
                  : MetricsCsv.create(folder.stages(), STAGES);
        }
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    @Override
    public List<Operand<?>> wanted(long step) {
      if (step % period != 0) {
        return List.of();
      }
      List<Operand<?>> operands = new ArrayList<>(List.of(diagnostics.ofStep()));
      times.map(StageTimes::ends).ifPresent(operands::add);
      Instant now = Instant.now();
      start = now.getEpochSecond() + now.getNano() / NANOS_PER_SECOND;
      return operands;
    }

    @Override
    public void fetched(long step, List<Tensor> values) {
      times.ifPresent(
          some -> {
            Map<String, Double> byColumn = new LinkedHashMap<>();
            some.seconds((TFloat64) values.get(1), start)
                .forEach((stage, value) -> byColumn.put(stage.column(), value));
            seconds = byColumn;
          });
      try (Result state = session.runner().fetch(diagnostics.ofState()).run()) {
        rows = diagnostics.rows((TFloat64) values.get(0), (TFloat64) state.get(0));
      }
    }

    @Override
    public void stepped(StepReport report) {
      if (report.step() % period != 0) {
        return;
      }
      Map<String, Map<String, Double>> byLayer = new LinkedHashMap<>();
      byLayer.put(WHOLE_NETWORK, ofNetwork(report.health()));
      for (DiagnosticsRow row : rows) {
        Map<String, Double> values = new LinkedHashMap<>();
        row.values().forEach((quantity, value) -> values.put(quantity.column(), value));
        byLayer.put(row.layer(), values);
      }
      write(report.step(), byLayer);
    }

    private Map<String, Double> ofNetwork(TrainingHealth health) {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(NEWTON, (double) health.newtonSteps());
      values.put(FULL_NEWTON, (double) health.fullNewtonSteps());
      adaptation.ifPresent(
          some -> {
            try (Result found = session.runner().fetch(some.factor()).fetch(some.ratio()).run()) {
              values.put(DAMPING_FACTOR, ((TFloat64) found.get(0)).getDouble());
              double ratio = ((TFloat64) found.get(1)).getDouble();
              if (!Double.isNaN(ratio)) {
                values.put(REDUCTION_RATIO, ratio);
              }
            }
          });
      return values;
    }

    private void write(long step, Map<String, Map<String, Double>> byLayer) {
      Map<String, Double> scalars = new LinkedHashMap<>();
      byLayer.forEach(
          (layer, values) ->
              values.forEach((quantity, value) -> scalars.put(quantity + "/" + layer, value)));
      seconds.forEach((stage, value) -> scalars.put("seconds/" + stage, value));
      try {
        if (table != null) {
          for (Map.Entry<String, Map<String, Double>> layer : byLayer.entrySet()) {
            table.write(step, layer.getKey(), layer.getValue());
          }
        }
        if (stages != null) {
          stages.write(new MetricsRow(step, seconds));
        }
        if (events != null) {
          events.write(new MetricsRow(step, scalars));
        }
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    @Override
    public void close() {
      try {
        if (table != null) {
          table.close();
        }
        if (stages != null) {
          stages.close();
        }
        if (events != null) {
          events.close();
        }
      } catch (IOException e) {
        throw unwritable(e);
      }
    }

    private UncheckedIOException unwritable(IOException e) {
      return new UncheckedIOException(
          "the run's diagnostics in " + folder.path() + " cannot be written: " + e.getMessage(), e);
    }
  }
}
