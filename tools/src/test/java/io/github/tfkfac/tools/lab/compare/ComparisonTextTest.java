package io.github.tfkfac.tools.lab.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.check.Machine;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.record.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTextTest {
  private static final Environment ENVIRONMENT =
      new Environment(
          "2.18.0",
          new Versions("1", "1.1.0", "17"),
          new Machine("Linux", "17", 2, 1, 1, Map.of()));

  @Test
  void armsWithOverlappingIntervalsAreNotToldApart() {
    String text = text(arm("a", 0.90, 0.92), arm("b", 0.91, 0.92), arm("c", 0.40, 0.41));

    assertThat(text)
        .contains("Each arm was trained 2 times")
        .contains(
            "The highest mean test accuracy is that of b; its interval overlaps with that of a,")
        .contains("standard error of up to 0.50 percentage points");
  }

  @Test
  void anArmThatStandsAloneIsSaidTo() {
    assertThat(text(arm("a", 0.90, 0.901), arm("c", 0.40, 0.401)))
        .contains("is that of a; its interval overlaps with no other.");
  }

  @Test
  void nothingIsSaidOfDifferencesWithoutIntervals() {
    assertThat(text(arm("a", 0.90), arm("b", 0.50, 0.51)))
        .contains("The arms were trained 1 to 2 times")
        .contains("nothing can be said about its differences")
        .doesNotContain("highest");
  }

  @Test
  void stepTimesLeaveTheFirstStepOut() {
    ArmResult arm = arm("a", 0.5);

    assertThat(arm.medianStepSeconds()).isEqualTo(0.2);
    assertThat(arm.meanStepSeconds()).isEqualTo(1.4, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(arm.runs().get(0).secondsUntil()).containsEntry(1.0, 9.0).containsEntry(2.0, 9.2);
    assertThat(arm.runs().get(0).bestEvaluation().orElseThrow().step()).isEqualTo(3);
  }

  private static String text(ArmResult... arms) {
    return String.join("\n", ComparisonText.of(new ComparisonResult(List.of(arms), List.of())));
  }

  private static ArmResult arm(String label, double... accuracies) {
    List<FinishedRun> runs = new ArrayList<>();
    for (double accuracy : accuracies) {
      runs.add(run(label, runs.size() + 1, accuracy));
    }
    return new ArmResult(label, runs);
  }

  private static FinishedRun run(String label, long seed, double accuracy) {
    RunRecord record =
        new RunRecord(
            "compare",
            List.of(),
            Map.of("optimizer", label),
            Map.of("seed", seed),
            Map.of(),
            ENVIRONMENT,
            "2026-01-01T00:00:00Z",
            Map.of("test_accuracy", accuracy, "test_images", 10_000));
    return new FinishedRun(
        label,
        seed,
        record,
        List.of(
            new MetricsRow(1, Map.of("loss", 2.0, "seconds", 9.0)),
            new MetricsRow(2, Map.of("loss", 1.0, "seconds", 0.2)),
            new MetricsRow(3, Map.of("loss", 1.0, "seconds", 0.2)),
            new MetricsRow(3, Map.of("test_accuracy", accuracy)),
            new MetricsRow(4, Map.of("loss", 1.0, "seconds", 3.8)),
            new MetricsRow(4, Map.of("test_accuracy", accuracy - 0.1))));
  }
}
