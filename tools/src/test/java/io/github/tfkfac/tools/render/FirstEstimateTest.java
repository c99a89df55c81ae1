package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FirstEstimateTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong(-3 * SECOND);

  /** What is told of a run, by step. */
  private List<String> told(long before, long lastStep, double secondsPerStep) {
    FirstEstimate estimate = new FirstEstimate(lastStep, clock::get);
    List<String> lines = new ArrayList<>();
    clock.addAndGet(100 * SECOND); // the first step is slow
    for (long step = before + 1; step <= lastStep; step++) {
      estimate.stepped(step).ifPresent(lines::add);
      clock.addAndGet((long) (secondsPerStep * SECOND));
    }
    return lines;
  }

  @Test
  void theTimeIsToldOnceAfterTenSteps() {
    assertThat(told(0, 1011, 0.24))
        .containsExactly("step 11/1011 done; about 4 minutes to go, evaluations not counted");
  }

  @Test
  void slowStepsAreToldOfEarlier() {
    assertThat(told(0, 102, 100))
        .containsExactly("step 2/102 done; about 3 hours to go, evaluations not counted");
    assertThat(told(0, 53, 8))
        .containsExactly("step 3/53 done; about 7 minutes to go, evaluations not counted");
  }

  @Test
  void ofAResumedRunTheNewStepsCount() {
    assertThat(told(900, 1000, 1))
        .containsExactly("step 911/1000 done; about 90 seconds to go, evaluations not counted");
  }

  @Test
  void shortRunsAreNotDisturbed() {
    assertThat(told(0, 40, 0.5)).isEmpty();
    assertThat(told(0, 1, 0.5)).isEmpty();
  }
}
