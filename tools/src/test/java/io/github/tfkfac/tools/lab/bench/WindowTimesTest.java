package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.lab.bench.WindowTimes.Step;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTimesTest {
  /** Statistics at steps 0 and 3; the fastest times of the plain steps are 10, 11 and 12. */
  private static final WindowTimes TOGETHER =
      new WindowTimes(
          List.of(
              new Step(0, true, 4, List.of(150.0, 140.0)),
              new Step(1, false, 0, List.of(10.0, 500.0)),
              new Step(2, false, 0, List.of(90.0, 11.0)),
              new Step(3, true, 0, List.of(31.0, 30.0)),
              new Step(4, false, 0, List.of(12.0, 12.5))));

  private static final WindowTimes STAGGERED =
      new WindowTimes(
          List.of(
              new Step(0, true, 0, List.of(32.0, 30.0)),
              new Step(1, false, 1, List.of(66.0, 70.0)),
              new Step(2, false, 0, List.of(12.0, 10.0)),
              new Step(3, true, 0, List.of(30.0, 34.0)),
              new Step(4, false, 3, List.of(45.0, 40.0))));

  @Test
  void theFastestTimeOfAStepCounts() {
    WindowTimes.Summary summary = TOGETHER.summary();

    assertThat(summary.plain()).isEqualTo(11);
    assertThat(summary.statistics()).isEqualTo(30);
    assertThat(summary.largest()).isEqualTo(140);
    assertThat(summary.largestIndex()).isZero();
    assertThat(summary.largestWithoutStatistics()).isEqualTo(12);
    assertThat(summary.total()).isEqualTo(140 + 10 + 11 + 30 + 12);
    assertThat(summary.refreshSteps()).isEqualTo(1);
    assertThat(summary.refreshedFactors()).isEqualTo(4);
  }

  @Test
  void theRatioIsThatOfTheLongestStaggeredStepToAPlainStepAndTheLargestRefresh() {
    StaggeredMeasurement found =
        new StaggeredMeasurement(TOGETHER, STAGGERED, 8, new Spread(52, 50, 80), true);

    assertThat(found.bound()).isEqualTo(10 + 50);
    assertThat(found.ratio()).isEqualTo(66.0 / 60);
    assertThat(found.ratioTogether()).isEqualTo(140.0 / 60);
    assertThat(found.ratioOfTotals()).isEqualTo(176.0 / 203);
    assertThat(STAGGERED.summary().largestIndex()).isEqualTo(1);
    assertThat(STAGGERED.summary().refreshedFactors()).isEqualTo(4);
  }

  @Test
  void whatNoStepDoesHasNoTime() {
    WindowTimes.Summary summary =
        new WindowTimes(List.of(new Step(0, true, 1, List.of(5.0)))).summary();

    assertThat(summary.plain()).isNaN();
    assertThat(summary.largestWithoutStatistics()).isNaN();
    assertThat(summary.largest()).isEqualTo(5);
  }

  @Test
  void anEmptyWindowIsRejected() {
    assertThatThrownBy(() -> new WindowTimes(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one step");
  }
}
