package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EpochTrendTest {
  private final EpochTrend trend = new EpochTrend();

  @Test
  void anEpochIsTheMeanOfItsStepsAndTheCurveOfThoseBefore() {
    trend.add(4, 0.1);
    trend.add(2, 0.3);
    assertThat(trend.isOpen()).isTrue();
    assertThat(trend.end()).isEqualTo("loss 3.0000, accuracy 20.00 %");
    assertThat(trend.isOpen()).isFalse();
    trend.add(1, 0.5);
    assertThat(trend.end()).isEqualTo("loss 1.0000 █▁, accuracy 50.00 % ▁█");
    trend.add(1.5, 0.4);
    assertThat(trend.end()).isEqualTo("loss 1.5000 █▁▃, accuracy 40.00 % ▁█▆");
  }

  @Test
  void whatIsNotClassifiedHasNoAccuracy() {
    trend.add(2, Double.NaN);
    assertThat(trend.end()).isEqualTo("loss 2.0000");
    trend.add(1, Double.NaN);
    assertThat(trend.end()).isEqualTo("loss 1.0000 █▁");
  }

  @Test
  void theCurveHasTheLastEpochsOnly() {
    String last = "";
    for (int epoch = 0; epoch < 40; epoch++) {
      trend.add(40 - epoch, 0);
      last = trend.end();
    }
    assertThat(last).startsWith("loss 1.0000 █").matches("loss 1.0000 .{16}, accuracy .*");
  }
}
