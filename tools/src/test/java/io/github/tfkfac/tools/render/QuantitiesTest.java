package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantitiesTest {
  @Test
  void largeNumbersGetAPrefix() {
    assertThat(Quantities.decimal(999)).isEqualTo("999");
    assertThat(Quantities.decimal(15_600_000_000.0)).isEqualTo("15.6 G");
    assertThat(Quantities.decimal(2e18)).isEqualTo("2000.0 P");
  }

  @Test
  void bytesGetAUnit() {
    assertThat(Quantities.bytes(1023)).isEqualTo("1023 B");
    assertThat(Quantities.bytes(5L << 19)).isEqualTo("2.5 MiB");
  }

  @Test
  void partsBecomePercent() {
    assertThat(Quantities.percent(0.0344)).isEqualTo("3.4 %");
  }

  @Test
  void roundedNumbersHaveFiveDigitsAndFewZeros() {
    assertThat(Quantities.rounded(1.23456)).isEqualTo("1.2346");
    assertThat(Quantities.rounded(100)).isEqualTo("100");
    assertThat(Quantities.rounded(0.05)).isEqualTo("0.05");
    assertThat(Quantities.rounded(-2.5e-7)).isEqualTo("-2.5E-7");
    assertThat(Quantities.rounded(0)).isEqualTo("0");
    assertThat(Quantities.rounded(Double.NaN)).isEqualTo("NaN");
  }

  @Test
  void timesAreHoursMinutesAndSeconds() {
    assertThat(Quantities.time(3920)).isEqualTo("1:05:20");
  }
}
