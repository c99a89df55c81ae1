package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.render.TrainingProgress.Plan;
import io.github.tfkfac.tools.render.TrainingProgress.State;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final StringWriter out = new StringWriter();
  private final AtomicLong clock = new AtomicLong(-5 * SECOND);

  @Test
  void aLogHasTheFirstTheLastAndOneStatePerPeriod() {
    try (TrainingProgress progress = log(new Plan("train", 0, 100))) {
      for (int step = 1; step <= 100; step++) {
        clock.addAndGet(SECOND);
        progress.update(new State(step, step * 128L, 2.0 / step, 0.5));
      }
    }

    assertThat(out.toString().lines().map(line -> line.replaceAll(".*step (\\d+)/.*", "$1")))
        .containsExactly("1", "31", "61", "91", "100");
  }

  @Test
  void aLineTellsStepLossAccuracyRateAndTimeLeft() {
    try (TrainingProgress progress = log(new Plan("train", 0, 4000))) {
      clock.addAndGet(10 * SECOND);
      progress.update(new State(100, 12_800, 1.23456, 0.4321));
    }

    assertThat(out.toString())
        .isEqualTo(
            "train  step 100/4000 (3 %)  loss 1.2346 acc 43.21 % 1280 images/s  0:06:30 left"
                + System.lineSeparator());
  }

  @Test
  void afterAResumeTheTimeLeftCountsOnlyTheNewSteps() {
    try (TrainingProgress progress = log(new Plan("train", 3900, 4000))) {
      clock.addAndGet(50 * SECOND);
      progress.update(new State(3950, 50, 1, Double.NaN));
    }

    assertThat(out.toString()).contains("0:00:50 left").doesNotContain("acc");
  }

  @Test
  void slowRunsTellSecondsPerImageAndTheFirstStepNoTimeLeft() {
    try (TrainingProgress progress = log(new Plan("train", 0, 100))) {
      clock.addAndGet(40 * SECOND);
      progress.update(new State(1, 16, 1, Double.NaN));
      clock.addAndGet(40 * SECOND);
      progress.update(new State(2, 160, 1, Double.NaN));
    }

    assertThat(out.toString().lines())
        .containsExactly(
            "train  step 1/100 (1 %)  loss 1.0000 2.5 s/image",
            "train  step 2/100 (2 %)  loss 1.0000 2 images/s  1:05:20 left");
  }

  @Test
  void withoutAnImageThereIsNoRate() {
    try (TrainingProgress progress = log(new Plan("train", 3, 100))) {
      clock.addAndGet(SECOND);
      progress.update(new State(3, 0, 1, Double.NaN));
    }

    assertThat(out.toString().strip()).isEqualTo("train  step 3/100 (3 %)  loss 1.0000");
  }

  @Test
  void aBarIsRedrawnInOneLine() {
    Plan plan = new Plan("train", 0, 40);
    try (TrainingProgress progress =
        new ProgressOnTerminal(plan, new PrintWriter(out), clock::get)) {
      clock.addAndGet(SECOND);
      progress.update(new State(40, 640, 1.23456, 0.4321));
    }

    assertThat(out.toString().chars().filter(c -> c == '\n')).hasSize(1);
    assertThat(out.toString())
        .startsWith("\r")
        .contains("train 100% [")
        .contains("40/40")
        .contains("loss 1.235 acc 43.21 % 640 img/s");
  }

  @Test
  void aPlanBackwardsIsRejected() {
    assertThatThrownBy(() -> new Plan("train", 5, 4)).isInstanceOf(IllegalArgumentException.class);
  }

  private TrainingProgress log(Plan plan) {
    return new ProgressInLog(plan, new PrintWriter(out), Duration.ofSeconds(30), clock::get);
  }
}
