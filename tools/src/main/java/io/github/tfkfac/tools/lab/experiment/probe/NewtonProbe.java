package io.github.tfkfac.tools.lab.experiment.probe;

import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.models.train.TrainingListener.StartReport;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.RunProbe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Records the effect of every Newton refresh on every inverse, see {@link NewtonMeasurement}; one
 * row per refresh, columns {@code <layer>/<A or G>/<quantity>}.
 */
public final class NewtonProbe implements RunProbe {

  /** {@code ‖I − BM‖} before the refresh. */
  public static final String BEFORE = "residual_before";

  /** {@code ‖I − BM‖} after it. */
  public static final String AFTER = "residual_after";

  /** 1 where the rule of the run took the full step. */
  public static final String FULL_STEP = "full_step";

  /** {@code 1/‖BM‖}, the step of the rule inverse-norm. */
  public static final String ALPHA = "alpha";

  /** α*, the step that minimizes the residual. */
  public static final String BEST_ALPHA = "best_alpha";

  /** Residual that one step by inverse-norm leaves. */
  public static final String AFTER_ALPHA = "residual_after_alpha";

  /** Residual that one step by line-search leaves. */
  public static final String AFTER_BEST_ALPHA = "residual_after_best_alpha";

  @Override
  public Open open(
      Graph graph, TrainingGraph<TFloat32> training, Session session, ClassificationRun run) {
    Ops tf = Ops.create(graph).withSubScope("newton_probe");
    Map<String, GraphVariable<?>> factors = KroneckerState.factors(training.optimizer());
    List<NewtonMeasurement> measurements = new ArrayList<>();
    KroneckerState.inverses(training.optimizer())
        .forEach(
            (name, inverse) -> {
              GraphVariable<?> factor = factors.get(name);
              if (factor != null
                  && factor.shape().numDimensions() > 1
                  && factor.shape().equals(inverse.shape())) {
                measurements.add(
                    NewtonMeasurement.build(tf, name, factor, inverse, run.settings().optimizer()));
              }
            });
    List<String> columns =
        measurements.stream().flatMap(measurement -> measurement.columns().stream()).toList();
    return new Listener(measurements, session, new ProbeFile(run.folder().path(), columns));
  }

  private static final class Listener implements Open {
    private final List<NewtonMeasurement> measurements;
    private final Session session;
    private final ProbeFile file;
    private long exact;
    private long newton;
    private @Nullable Result inverses;

    Listener(List<NewtonMeasurement> measurements, Session session, ProbeFile file) {
      this.measurements = measurements;
      this.session = session;
      this.file = file;
    }

    @Override
    public void started(StartReport report) {
      file.open(report);
      remember();
    }

    @Override
    public void stepped(StepReport report) {
      TrainingHealth health = report.health();
      if (health.exactRefreshes() == exact && health.iterativeRefreshes() == newton) {
        return;
      }
      if (health.iterativeRefreshes() > newton) {
        measure(report.step());
      }
      exact = health.exactRefreshes();
      newton = health.iterativeRefreshes();
      remember();
    }

    private void measure(long step) {
      Result before = inverses;
      if (before == null) {
        return;
      }
      Map<String, Double> values = new LinkedHashMap<>();
      for (int i = 0; i < measurements.size(); i++) {
        NewtonMeasurement measurement = measurements.get(i);
        Session.Runner runner = session.runner().feed(measurement.before(), before.get(i));
        measurement.quantities().values().forEach(runner::fetch);
        try (Result result = runner.run()) {
          int index = 0;
          for (String column : measurement.columns()) {
            values.put(column, (double) ((TFloat32) result.get(index++)).getFloat());
          }
        }
      }
      file.write(step, values);
    }

    /** Keeps the inverses, which do not change until the next refresh. */
    private void remember() {
      if (inverses != null) {
        inverses.close();
        inverses = null;
      }
      if (!measurements.isEmpty()) {
        Session.Runner runner = session.runner();
        measurements.forEach(measurement -> runner.fetch(measurement.now()));
        inverses = runner.run();
      }
    }

    @Override
    public void close() {
      file.close();
      if (inverses != null) {
        inverses.close();
      }
    }
  }
}
