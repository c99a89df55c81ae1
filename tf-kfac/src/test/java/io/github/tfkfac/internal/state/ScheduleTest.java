package io.github.tfkfac.internal.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.Cadence;
import io.github.tfkfac.Schedule;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

class ScheduleTest {

  private static final double ROUNDING = 1e-14;

  static Stream<Arguments> schedules() {
    return Stream.of(
        Arguments.of(Schedule.constant(0.3), (LongToDoubleFunction) t -> 0.3),
        Arguments.of(
            Schedule.stepDecay(0.8, 0.1, 4),
            (LongToDoubleFunction) t -> 0.8 * Math.pow(0.1, Math.floor(t / 4.0))),
        Arguments.of(
            Schedule.milestones(0.2, 0.1, List.of(3L, 8L)),
            (LongToDoubleFunction) t -> t < 3 ? 0.2 : t < 8 ? 0.02 : 0.002),
        Arguments.of(
            Schedule.cosine(0.5, 0.01, 10),
            (LongToDoubleFunction)
                t -> t >= 10 ? 0.01 : 0.01 + (0.5 - 0.01) * (1 + Math.cos(Math.PI * t / 10.0)) / 2),
        Arguments.of(
            Schedule.constant(2).withWarmUp(5, 0.2),
            (LongToDoubleFunction) t -> t >= 5 ? 2 : 2 * (0.2 + 0.8 * t / 5.0)),
        Arguments.of(
            Schedule.stepDecay(1, 0.5, 3).withWarmUp(4, 0),
            (LongToDoubleFunction) t -> Math.pow(0.5, Math.floor(t / 3.0)) * Math.min(1, t / 4.0)));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void takesTheValuesOfItsFormula(Schedule schedule, LongToDoubleFunction formula) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> step = tf.placeholder(TInt64.class);
      Operand<TFloat64> value = schedule.at(tf, step);
      try (Session session = new Session(graph)) {
        for (long t = 0; t < 15; t++) {
          try (TInt64 now = TInt64.scalarOf(t);
              Result result = session.runner().feed(step, now).fetch(value).run()) {
            assertThat(((TFloat64) result.get(0)).getDouble())
                .as("%s at step %d", schedule, t)
                .isCloseTo(formula.applyAsDouble(t), within(ROUNDING));
          }
        }
      }
    }
  }

  @Test
  void aCadenceIsDueAtMultiplesOfItsPeriod() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TInt64> step = tf.placeholder(TInt64.class);
      Operand<TBool> due = Cadence.every(3).due(tf, step);
      try (Session session = new Session(graph)) {
        for (long t = 0; t < 8; t++) {
          try (TInt64 now = TInt64.scalarOf(t);
              Result result = session.runner().feed(step, now).fetch(due).run()) {
            assertThat(((TBool) result.get(0)).getBoolean()).as("step %d", t).isEqualTo(t % 3 == 0);
          }
        }
      }
    }
  }

  @Test
  void impossibleSchedulesAreRejected() {
    assertThatThrownBy(() -> Schedule.constant(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found NaN");
    assertThatThrownBy(() -> Schedule.cosine(1, 0, 0)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> Schedule.cosine(Double.POSITIVE_INFINITY, 0, 3))
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> Schedule.stepDecay(1, 0.1, 0)).hasMessageContaining("period > 0");
    assertThatThrownBy(() -> Schedule.stepDecay(1, Double.NaN, 2)).hasMessageContaining("factor");
    assertThatThrownBy(() -> Schedule.milestones(1, 0.1, List.of(4L, 4L)))
        .hasMessageContaining("ascending milestones from step 1 on, found [4, 4]");
    assertThatThrownBy(() -> Schedule.milestones(1, Double.NaN, List.of(4L)))
        .hasMessageContaining("factor NaN");
    assertThatThrownBy(() -> Schedule.constant(1).withWarmUp(0, 0.5))
        .hasMessageContaining("> 0 steps");
    assertThatThrownBy(() -> Schedule.constant(1).withWarmUp(3, 1.5))
        .hasMessageContaining("in [0, 1], found 1.5");
    assertThatThrownBy(() -> Cadence.every(0)).hasMessageContaining("period > 0, found 0");
  }
}
