package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Schedule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

class DetectionLearningRateTest {

  private static final double ROUNDING = 1e-15;

  /** Steps of 16 images of COCO. */
  private static final long EPOCH = 7330;

  @Test
  void thePublishedScheduleForHalfTheImages() {
    Schedule schedule =
        DetectionLearningRate.published(DetectionLearningRate.SGD).schedule(8, 2 * EPOCH);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> step = tf.placeholder(TInt64.class);
      Operand<TFloat64> rate = schedule.at(tf, step);
      try (Session session = new Session(graph)) {
        assertRate(session, step, rate, 0, 1e-5);
        assertRate(session, step, rate, 250, 0.01 * 0.5005);
        assertRate(session, step, rate, 500, 0.01);
        assertRate(session, step, rate, 16 * EPOCH - 1, 0.01);
        assertRate(session, step, rate, 16 * EPOCH, 1e-3);
        assertRate(session, step, rate, 22 * EPOCH, 1e-4);
      }
    }
  }

  private static void assertRate(
      Session session, Placeholder<TInt64> step, Operand<TFloat64> rate, long at, double expected) {
    try (TInt64 now = TInt64.scalarOf(at);
        Result result = session.runner().feed(step, now).fetch(rate).run()) {
      assertThat(((TFloat64) result.get(0)).getDouble()).isCloseTo(expected, within(ROUNDING));
    }
  }

  @Test
  void impossibleRatesAreRejected() {
    assertThatThrownBy(() -> DetectionLearningRate.published(0)).hasMessageContaining("found 0.0");
    DetectionLearningRate rate = DetectionLearningRate.published(1);
    assertThatThrownBy(() -> rate.withDropEpochs(List.of(0))).hasMessageContaining("found [0]");
    assertThatThrownBy(() -> rate.withWarmUp(-1)).hasMessageContaining("found -1");
    assertThatThrownBy(() -> rate.scaled(0)).hasMessageContaining("found 0");
  }
}
