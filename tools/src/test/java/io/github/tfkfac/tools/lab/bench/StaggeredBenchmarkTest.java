package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.tools.lab.bench.WindowTimes.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaggeredBenchmarkTest {
  private static final SessionThreads ONE = SessionThreads.single();

  /** Two layers with two factors each. */
  private static final int FACTORS = 4;

  /** The larger layer's input and its bias. */
  private static final int LARGEST = 4 * 4 + 1;

  @Test
  void bothArmsRefreshEveryFactorOnceInAWindow() {
    List<Integer> progress = new ArrayList<>();

    StaggeredMeasurement found =
        new StaggeredBenchmark(TinyNetwork.SPEC, 4, 3, 12, 2, ONE).run(progress::add);

    assertThat(progress).containsExactly(0, 1, 2);
    assertThat(found.largestOrder()).isEqualTo(LARGEST);
    assertThat(found.isSound()).isTrue();
    assertThat(refreshed(found.together())).startsWith((long) FACTORS).endsWith(0L);
    assertThat(found.together().summary().refreshSteps()).isEqualTo(1);
    assertThat(found.staggered().summary().refreshSteps()).isEqualTo(FACTORS);
    assertThat(found.staggered().summary().refreshedFactors()).isEqualTo(FACTORS);
    for (WindowTimes window : List.of(found.together(), found.staggered())) {
      assertThat(window.steps())
          .hasSize(12)
          .allSatisfy(step -> assertThat(step.milliseconds()).hasSize(2))
          .allSatisfy(step -> assertThat(step.statistics()).isEqualTo(step.index() % 3 == 0));
    }
    assertThat(found.staggered().steps())
        .allSatisfy(step -> assertThat(step.statistics() && step.refreshed() > 0).isFalse());
  }

  @Test
  void windowsThatDifferFromOneAnotherAreRejected() {
    assertThatThrownBy(() -> new StaggeredBenchmark(TinyNetwork.SPEC, 4, 5, 12, 1, ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiple of the statistics period, found 12 and 5");
    assertThatThrownBy(() -> new StaggeredBenchmark(TinyNetwork.SPEC, 4, 3, 12, 0, ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number of windows");
  }

  private static List<Long> refreshed(WindowTimes window) {
    return window.steps().stream().map(Step::refreshed).toList();
  }
}
