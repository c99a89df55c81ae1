package io.github.tfkfac.tools.lab.experiment.probe;

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
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Relative change of every Kronecker factor from one update of the statistics to the next: {@code
 * ‖M_t − M_{t−T}‖ / ‖M_t‖}, Frobenius norms of the moving averages, one column per factor. Source:
 * Sun et al. 2023 (NKFAC), supplement, figure 3, where A is called R and G is called L.
 */
public final class FactorChangeProbe implements RunProbe {

  @Override
  public Open open(
      Graph graph, TrainingGraph<TFloat32> training, Session session, ClassificationRun run) {
    Ops tf = Ops.create(graph).withSubScope("factor_change");
    List<Factor> factors = new ArrayList<>();
    KroneckerState.factors(training.optimizer())
        .forEach((name, variable) -> factors.add(factor(tf, name, variable)));
    ProbeFile file =
        new ProbeFile(run.folder().path(), factors.stream().map(Factor::name).toList());
    return new Listener(factors, session, file);
  }

  private static Factor factor(Ops tf, String name, GraphVariable<?> variable) {
    Operand<TFloat32> now = tf.dtypes.cast(typed(variable).read(tf), TFloat32.class);
    Placeholder<TFloat32> before =
        tf.placeholder(TFloat32.class, Placeholder.shape(variable.shape()));
    return new Factor(
        name, now, before, tf.math.divNoNan(norm(tf, tf.math.sub(now, before)), norm(tf, now)));
  }

  private static Operand<TFloat32> norm(Ops tf, Operand<TFloat32> values) {
    Operand<TFloat32> flat = tf.reshape(values, tf.constant(new int[] {-1}));
    return tf.math.sqrt(tf.reduceSum(tf.math.square(flat), tf.constant(0)));
  }

  @SuppressWarnings("unchecked") // classifiers are trained in float32
  private static GraphVariable<TFloat32> typed(GraphVariable<?> variable) {
    return (GraphVariable<TFloat32>) variable;
  }

  private record Factor(
      String name, Operand<TFloat32> now, Placeholder<TFloat32> before, Operand<TFloat32> change) {}

  private static final class Listener implements Open {
    private final List<Factor> factors;
    private final Session session;
    private final ProbeFile file;
    private long updates;
    private @Nullable Result last;

    Listener(List<Factor> factors, Session session, ProbeFile file) {
      this.factors = factors;
      this.session = session;
      this.file = file;
    }

    @Override
    public void started(StartReport report) {
      file.open(report);
      if (report.step() > 0) {
        last = fetched(session.runner());
      }
    }

    @Override
    public void stepped(StepReport report) {
      if (factors.isEmpty() || report.health().statisticsUpdates() == updates) {
        return;
      }
      updates = report.health().statisticsUpdates();
      Session.Runner runner = session.runner();
      if (last == null) {
        last = fetched(runner);
        return;
      }
      for (int i = 0; i < factors.size(); i++) {
        runner.feed(factors.get(i).before(), last.get(i));
      }
      factors.forEach(factor -> runner.fetch(factor.change()));
      measure(report.step(), runner);
    }

    private void measure(long step, Session.Runner runner) {
      Map<String, Double> values = new LinkedHashMap<>();
      try (Result changes = runner.run()) {
        for (int i = 0; i < factors.size(); i++) {
          values.put(factors.get(i).name(), (double) ((TFloat32) changes.get(i)).getFloat());
        }
      }
      file.write(step, values);
      Result old = last;
      last = fetched(session.runner());
      if (old != null) {
        old.close();
      }
    }

    private Result fetched(Session.Runner runner) {
      factors.forEach(factor -> runner.fetch(factor.now()));
      return runner.run();
    }

    @Override
    public void close() {
      file.close();
      if (last != null) {
        last.close();
      }
    }
  }
}
