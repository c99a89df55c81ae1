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
}
