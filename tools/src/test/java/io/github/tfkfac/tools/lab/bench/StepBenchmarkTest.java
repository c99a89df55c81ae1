package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.PreconditioningPrecision;
import io.github.tfkfac.SeparateOps;
import io.github.tfkfac.TrainingHealth;
import io.github.tfkfac.models.train.SessionThreads;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

class StepBenchmarkTest {
  private static final SessionThreads ONE = SessionThreads.single();

  @Test
  void everyRoundIsMeasuredAndReported() {
    List<Integer> progress = new ArrayList<>();

    StepMeasurement found =
        new StepBenchmark(TinyNetwork.SPEC, PreconditioningPrecision.BFLOAT16, 4, 3, ONE)
            .run(progress::add);

    assertThat(found.times().rounds()).hasSize(3);
    assertThat(progress).containsExactly(1, 2, 3);
    assertThat(found.nkfac().operations()).isGreaterThan(found.momentum().operations());
    assertThat(found.peakBytes()).isGreaterThanOrEqualTo(found.peakBytesOfMomentum());
  }

  @Test
  void theProbeRunsWhatItIsToldAndNothingElse() {
    KfacOptions rarely = KfacOptions.nkfac().withPeriods(1000, 1000);
    try (TrainingProbe probe =
        new TrainingProbe(TinyNetwork.SPEC, 4, ONE, graph -> new Kfac(graph, rarely))) {
      SeparateOps parts = ((Kfac) probe.training().optimizer()).separateOps();
      TrainingHealth first = probe.health();
      assertThat(first.steps()).isEqualTo(1);

      probe.step();
      probe.run(parts.iterativeRefresh());
      probe.run(probe.training().step(), parts.statistics());

      TrainingHealth last = probe.health();
      assertThat(last.steps()).isEqualTo(3);
      assertThat(last.statisticsUpdates()).isEqualTo(first.statisticsUpdates() + 1);
      assertThat(last.iterativeRefreshes()).isEqualTo(1);
      assertThat(last.exactRefreshes()).isEqualTo(first.exactRefreshes());
    }
  }

  @Test
  void theProbeSkipsSteps() {
    KfacOptions options = KfacOptions.nkfac().withPeriods(10, 10);
    try (TrainingProbe probe =
        new TrainingProbe(TinyNetwork.SPEC, 4, ONE, graph -> new Kfac(graph, options))) {
      probe.skipTo(9);
      probe.step();
      assertThat(probe.health().statisticsUpdates()).isEqualTo(1);
      probe.step();
      assertThat(probe.health().statisticsUpdates()).isEqualTo(2);
      assertThat(probe.health().steps()).isEqualTo(11);
    }
  }

  @Test
  void theSizeOfAGraphIsItsNumberOfOperations() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      assertThat(GraphSize.operations(graph)).isZero();
      tf.math.add(tf.constant(1f), tf.constant(2f));
      assertThat(GraphSize.operations(graph)).isEqualTo(3);
    }
  }

  @Test
  void emptyMeasurementsAreRejected() {
    assertThatThrownBy(
            () -> new StepBenchmark(TinyNetwork.SPEC, PreconditioningPrecision.FLOAT32, 4, 0, ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rounds");
  }
}
