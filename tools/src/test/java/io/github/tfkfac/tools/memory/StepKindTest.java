package io.github.tfkfac.tools.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.KfacOptions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepKindTest {
  private static final Optional<KfacOptions> NKFAC =
      Optional.of(KfacOptions.nkfac().withPeriods(2, 4));

  @Test
  void whatIsDueDecides() {
    assertThat(StepKind.of(NKFAC, 0)).isEqualTo(StepKind.EXACT_REFRESH);
    assertThat(StepKind.of(NKFAC, 1)).isEqualTo(StepKind.PLAIN);
    assertThat(StepKind.of(NKFAC, 2)).isEqualTo(StepKind.STATISTICS);
    assertThat(StepKind.of(NKFAC, 3)).isEqualTo(StepKind.PLAIN);
    assertThat(StepKind.REFRESH.first(NKFAC, 1000))
        .hasValueSatisfying(step -> assertThat(step % 4).isZero());
  }

  @Test
  void whatComesAfterTheEndDoesNotOccur() {
    assertThat(StepKind.STATISTICS.first(NKFAC, 2)).isEmpty();
    assertThat(StepKind.STATISTICS.first(NKFAC, 3)).hasValue(2L);
  }

  @Test
  void firstOrderStepsAreAlike() {
    assertThat(StepKind.of(Optional.empty(), 0)).isEqualTo(StepKind.PLAIN);
    assertThat(StepKind.EXACT_REFRESH.first(Optional.empty(), 100)).isEmpty();
  }
}
