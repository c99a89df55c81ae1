package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepSizeExperimentTest {
  @TempDir Path folder;

  @Test
  void theMediansOverFactorsAndRefreshesStandInTheTable() throws IOException {
    String page =
        report(
            new FakeRuns(
                run -> {
                  FakeRuns.Fake fake = FakeRuns.classifier(0.9, 4, run.arm().label().length());
                  return new FakeRuns.Fake(
                      fake.result(), fake.metrics(), List.of(row(2, 8, 0.25), row(4, 6, 0.75)));
                }));

    assertThat(page)
        .contains("<td class=\"right\">7.000 ± 0.000</td>")
        .contains("<td class=\"right\">25.0 ± 0.0</td>")
        .contains("<td class=\"right\">0.500 ± 0.000</td>")
        .doesNotContain("the same run");
    assertThat(folder.resolve("newton-generated-mlp.png")).isNotEmptyFile();
  }

  @Test
  void equalRunsAreCalledTheSameRun() throws IOException {
    String page = report(new FakeRuns(run -> FakeRuns.classifier(0.9, 4, 2)));

    assertThat(page)
        .contains("inverse-norm and line-search are the same run")
        .doesNotContain("no Newton refresh happened");
  }

  @Test
  void runsWithoutNewtonRefreshesAreCalledTheSameRun() throws IOException {
    String page =
        report(
            new FakeRuns(
                run -> {
                  FakeRuns.Fake fake = FakeRuns.classifier(0.9, 4, 2);
                  Map<String, Object> result = new LinkedHashMap<>(fake.result());
                  result.put("health", Map.of("exactRefreshes", 3, "iterativeRefreshes", 0));
                  return new FakeRuns.Fake(result, fake.metrics(), List.of());
                }));

    assertThat(page)
        .contains("The arms are the same run: in at least one run no Newton refresh happened");
  }

  private String report(FakeRuns runs) throws IOException {
    return Reports.page(new StepSizeExperiment(), folder, 2, runs, Map.of());
  }

  private static MetricsRow row(long step, double before, double bestAlpha) {
    return new MetricsRow(
        step, Map.of("dense/A/residual_before", before, "dense/A/best_alpha", bestAlpha));
  }
}
