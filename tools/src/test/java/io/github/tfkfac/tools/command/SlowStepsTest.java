package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowStepsTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong clock = new AtomicLong();

  @Test
  void aLongRefreshIsToldOfAfterFiveSecondsAndNowAndThen() {
    try (SlowSteps slow = new SlowSteps(200, 0, 400, clock::get)) {
      slow.stepped(200);
      clock.set(4 * SECOND);
      assertThat(slow.line()).isEmpty();
      clock.set(5 * SECOND);
      assertThat(slow.line()).contains("step 201: refreshing the inverses, 5 s so far");
      clock.set(30 * SECOND);
      assertThat(slow.line()).isEmpty();
      clock.set(35 * SECOND);
      assertThat(slow.line()).contains("step 201: refreshing the inverses, 35 s so far");
    }
  }

  @Test
  void otherLongStepsAndTheWorkAfterTheLastAreNoRefresh() {
    try (SlowSteps slow = new SlowSteps(200, 0, 400, clock::get)) {
      slow.stepped(7);
      clock.set(6 * SECOND);
      assertThat(slow.line()).isEmpty();
      slow.stepped(400);
      clock.set(20 * SECOND);
      assertThat(slow.line()).isEmpty();
    }
  }
}
