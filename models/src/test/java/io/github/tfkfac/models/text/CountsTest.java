package io.github.tfkfac.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountsTest {

  @Test
  void oneThingIsSingularEveryOtherNumberPlural() {
    assertThat(Counts.of(1, "image")).isEqualTo("1 image");
    assertThat(Counts.of(0, "image")).isEqualTo("0 images");
    assertThat(Counts.of(21, "image")).isEqualTo("21 images");
    assertThat(Counts.of(1, "class", "classes")).isEqualTo("1 class");
    assertThat(Counts.of(2, "class", "classes")).isEqualTo("2 classes");
  }
}
