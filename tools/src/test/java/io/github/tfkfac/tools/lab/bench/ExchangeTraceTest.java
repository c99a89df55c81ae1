package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.bench.StepTrace.Kernel;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExchangeTraceTest {

  private static Kernel kernel(String name, String type, long from, long to) {
    return new Kernel("cpu", 0, name, type, from, to - from);
  }

  @Test
  void timesInWhichExchangesRunCountOnceAndAreHiddenWhileSomethingComputes() {
    StepTrace trace =
        new StepTrace(
            List.of(
                kernel("a", "MatMul", 0, 2000),
                kernel("r1", "CollectiveReduce", 1000, 4000),
                kernel("r2", "CollectiveReduce", 3000, 5000),
                kernel("b", "Mul", 4500, 4700),
                kernel("s", "CollectiveBcastSend", 6000, 7000),
                kernel("c", "Add", 6500, 9000)));
    ExchangeTrace all = ExchangeTrace.of(trace, 4, name -> true, name -> 1000);
    // 1 to 5 and 6 to 7 ms; behind it 1 to 2, 4.5 to 4.7, 6.5 to 7.
    assertThat(all.milliseconds()).isEqualTo(5);
    assertThat(all.hidden()).isEqualTo(1.7);
    // Three quarters are of other workers; sums go around twice.
    assertThat(all.bytes()).isEqualTo(0.75 * (2 * 1000 + 2 * 1000 + 1000));

    ExchangeTrace sums = ExchangeTrace.of(trace, 4, name -> name.startsWith("r"), name -> 1000);
    assertThat(sums).isEqualTo(new ExchangeTrace(3000, 4, 1.2));
  }
}
