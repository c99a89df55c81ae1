package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.lab.experiment.PlannedRun;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SensitivityExperimentTest {
  private static final Map<String, String> GRID =
      Map.of(
          "batches", "128,256",
          "rates", "0.1,1",
          "dampings", "0.01,0.1",
          "fixed-epochs", "2");

  @TempDir Path folder;

  @Test
  void theRegionOfGoodSettingsIsCountedAtFixedEpochsAndAtFixedSteps() throws IOException {
    FakeRuns runs = new FakeRuns(SensitivityExperimentTest::run);
    String page = Reports.page(new SensitivityExperiment(), folder, 1, runs, GRID);

    assertThat(runs.trained()).hasSize(8);
    assertThat(page)
        .contains("90.00 %, the best of all cells")
        .contains("<td class=\"right\">128</td><td class=\"right\">4 of 4</td>")
        .contains("<td class=\"right\">256</td><td class=\"right\">2 of 4</td>")
        .contains("One seed");
    assertThat(folder.resolve("maps-generated-mlp.png")).isNotEmptyFile();
  }

  @Test
  void correlationIsPearsons() {
    assertThat(
            SensitivityMaps.correlation(
                List.of(new double[] {1, 2}, new double[] {2, 4}, new double[] {3, 6})))
        .isCloseTo(1, within(1e-12));
    assertThat(
            SensitivityMaps.correlation(
                List.of(new double[] {1, 1}, new double[] {2, 0}, new double[] {3, 1})))
        .isCloseTo(0, within(1e-12));
    assertThat(SensitivityMaps.correlation(List.of(new double[] {1, 2}, new double[] {2, 4})))
        .isNaN();
  }

  @Test
  void batchesThatCannotMeetAtFixedStepsAreRejected() {
    assertThatThrownBy(() -> new SensitivityGrid(List.of(128, 200), List.of(0.1), List.of(0.1), 2))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("multiples of the first");
  }

  /** Batch 256 is evaluated at step 4 (fixed epochs) and at step 8 (fixed steps). */
  private static FakeRuns.Fake run(PlannedRun run) {
    Map<String, String> options = run.arm().options();
    boolean large = options.get("batch").equals("256");
    double early = large && options.get("lr").equals("1.0") ? 0.3 : 0.9;
    List<MetricsRow> rows = new ArrayList<>();
    rows.add(new MetricsRow(1, Map.of("loss", 1.0)));
    rows.add(new MetricsRow(4, Map.of("test_accuracy", early)));
    rows.add(new MetricsRow(8, Map.of("test_accuracy", 0.9)));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("test_accuracy", 0.9);
    result.put("test_images", 100);
    return new FakeRuns.Fake(result, rows, List.of());
  }
}
