package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeBatchExperimentTest {
  @TempDir Path folder;

  @Test
  void theEpochBudgetGrowsWithTheLogarithmOfTheBatch() {
    assertThat(LargeBatchExperiment.epochs(128, 100)).isEqualTo(100);
    assertThat(LargeBatchExperiment.epochs(1024, 100)).isEqualTo(400);
    assertThat(LargeBatchExperiment.epochs(64, 100)).isEqualTo(1);
  }

  @Test
  void theFewestStepsToTheTargetStandBesideIdealScaling() throws IOException {
    // At batch 1024 the mean of two losses counts, at 2048 each loss alone.
    String page =
        Reports.page(
            new LargeBatchExperiment(),
            folder,
            2,
            new FakeRuns(LargeBatchExperimentTest::run),
            Map.of("batches", "1024,2048", "target-loss", "0.5"));

    assertThat(page)
        .contains("<td>kfac</td><td class=\"right\">1024</td><td class=\"right\">3 of 3</td>")
        .contains("<td>kfac-batch1024-lr0.01-damping0.01</td><td class=\"right\">8 ± 0</td>")
        .contains("<td>kfac-batch2048-lr0.01-damping0.01</td><td class=\"right\">5 ± 0</td>")
        .contains("<td class=\"right\">4</td><td class=\"right\">80</td>")
        .contains("<td>sgdm</td><td class=\"right\">1024</td><td class=\"right\">0 of 3</td>")
        .doesNotContain("No setting reached");
    assertThat(folder.resolve("scaling-generated-mlp.png")).isNotEmptyFile();
  }

  /** Losses fall under 0.5 at a step that depends on the arm; never for sgdm. */
  private static FakeRuns.Fake run(PlannedRun run) {
    Map<String, String> options = run.arm().options();
    boolean best = options.get("lr").equals("0.01");
    int from =
        options.get("optimizer").equals("sgdm")
            ? 99
            : best ? (options.get("batch").equals("1024") ? 7 : 5) : 9;
    List<MetricsRow> rows = new ArrayList<>();
    for (int step = 1; step <= 12; step++) {
      rows.add(new MetricsRow(step, Map.of("loss", step >= from ? 0.25 : 1.0, "seconds", 1.0)));
    }
    return new FakeRuns.Fake(FakeRuns.classifier(0.9, 12, 1).result(), rows, List.of());
  }
}
