package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.tools.statistics.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTimesTest {
  private static final double ROUNDING = 1e-12;
  private static final StepTimes.Round FIRST = new StepTimes.Round(100, 110, 150, 900, 400);
  private static final StepTimes.Round SECOND = new StepTimes.Round(200, 210, 250, 900, 400);
  private static final StepTimes.Round SLOW = new StepTimes.Round(400, 800, 900, 900, 600);

  @Test
  void periodicWorkIsSpreadOverItsPeriod() {
    assertThat(FIRST.amortized(20, 200)).isCloseTo(110 + 40 / 20.0 + 400 / 200.0, within(ROUNDING));
  }

  @Test
  void ratiosAreThoseOfRoundsNotOfMedians() {
    StepTimes.Summary summary = new StepTimes(List.of(FIRST, SLOW, SECOND)).summary(20, 200);

    assertThat(summary.plain()).isEqualTo(new Spread(210, 110, 800));
    assertThat(summary.plainRatio()).isEqualTo(new Spread(1.1, 1.05, 2));
    assertThat(summary.statisticsExtra()).isEqualTo(new Spread(40, 40, 100));
    assertThat(summary.amortized().median()).isCloseTo(214, within(ROUNDING));
    assertThat(summary.amortizedRatio().median()).isCloseTo(1.14, within(ROUNDING));
    assertThat(summary.ratioOfMedians()).isCloseTo(1.07, within(ROUNDING));
  }
}
