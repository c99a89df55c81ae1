package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.train.SessionThreads;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryBenchmarkTest {
  private static final KfacOptions OPTIONS = KfacOptions.nkfac().withPeriods(2, 4);
  private static final SessionThreads ONE = SessionThreads.single();

  @Test
  void trainingLeaksNeitherMemoryNorOperations() {
    AtomicLong steps = new AtomicLong();

    MemoryMeasurement found =
        new MemoryBenchmark(TinyNetwork.SPEC, OPTIONS, 4, 40, 240, ONE).run(steps::set);

    assertThat(steps.get()).isEqualTo(240);
    assertThat(found.early().step()).isEqualTo(40);
    assertThat(found.last().step()).isEqualTo(240);
    assertThat(found.leaks()).isEmpty();
    assertThat(found.early().graphOperations()).isGreaterThan(100);
    assertThat(found.early().javaCppPhysicalBytes()).isPositive();
  }

  @Test
  void whatGrowsIsNamed() {
    MemorySnapshot early = new MemorySnapshot(200, 100 << 20, 100 << 20, 5000, 70);

    assertThat(
            new MemoryMeasurement(early, new MemorySnapshot(1000, 130 << 20, 999 << 20, 4000, 70))
                .leaks())
        .isEmpty();
    assertThat(
            new MemoryMeasurement(early, new MemorySnapshot(1000, 131 << 20, 0, 5001, 71)).leaks())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).contains("process memory", "step 200 to 1000"))
        .anySatisfy(line -> assertThat(line).contains("native memory", "found 5000, then 5001"))
        .anySatisfy(line -> assertThat(line).contains("graph operations", "found 70, then 71"));
  }

  @Test
  void linuxTellsTheMemoryOfTheProcess() {
    assertThat(ProcessMemory.parse("VmPeak:\t 9 kB\nVmHWM:\t    20 kB\nVmRSS:\t    10 kB\n"))
        .isEqualTo(new ProcessMemory(10 * 1024, 20 * 1024));
    assertThat(ProcessMemory.parse("")).isEqualTo(new ProcessMemory(0, 0));
  }

  @Test
  void theLastLookComesAfterTheFirst() {
    assertThatThrownBy(() -> new MemoryBenchmark(TinyNetwork.SPEC, OPTIONS, 4, 40, 40, ONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("40 and 40");
  }
}
