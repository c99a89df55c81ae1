package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImplementationsExperimentTest {
  private static final Map<String, String> PERIODS =
      Map.of("stat-period", "2", "inverse-period", "4");

  @TempDir Path folder;

  @Test
  void thePartsOfAStepAreToldFromItsTimes() throws IOException {
    // The first step does not count. Of the others, four are plain, two have statistics of 2 s
    // and two have statistics and a refresh of 10 s.
    double[] seconds = {99, 1, 3, 1, 13, 1, 3, 1, 13};
    String page =
        Reports.page(
            new ImplementationsExperiment(),
            folder,
            1,
            new FakeRuns(run -> timed(seconds)),
            PERIODS);

    assertThat(page)
        .contains("<td class=\"right\">20.00</td>") // s of damping + inversion
        .contains("<td class=\"right\">55.6</td>") // of 8 plain, 8 statistics, 20 refresh
        .contains("<td class=\"right\">81.89 ± .21</td>")
        .contains("<td class=\"right\">134.21</td>")
        .doesNotContain("No run is long enough");
    assertThat(folder.resolve("stages-generated-mlp.png")).isNotEmptyFile();
  }

  @Test
  void aRunWithoutRefreshAfterTheFirstStepTellsNothing() throws IOException {
    String page =
        Reports.page(
            new ImplementationsExperiment(),
            folder,
            1,
            new FakeRuns(run -> timed(99, 1, 3, 1)),
            PERIODS);

    assertThat(page).contains("No run is long enough to tell the parts of its steps apart");
  }

  @Test
  void secondsAreGivenAsPartsOfThoseByCholesky() throws IOException {
    double[] cholesky = {99, 1, 3, 1, 23, 1, 3, 1, 23};
    double[] others = {99, 1, 3, 1, 13, 1, 3, 1, 13};
    String page =
        Reports.page(
            new ImplementationsExperiment(),
            folder,
            1,
            new FakeRuns(run -> timed(run.arm().label().equals("kfac-star") ? cholesky : others)),
            Map.of("stat-period", "2", "inverse-period", "4", "parts", "time"));

    assertThat(page)
        .contains(
            "as a part of kfac-star's by Cholesky: skfac-star 0.50, nkfac 0.50, nkfac-block 0.50.")
        .contains("Result on generated-resnet18");
  }

  private static FakeRuns.Fake timed(double... seconds) {
    FakeRuns.Fake fake = FakeRuns.classifier(0.9, 1, 1);
    List<MetricsRow> rows = new ArrayList<>();
    for (int i = 0; i < seconds.length; i++) {
      rows.add(new MetricsRow(i + 1, Map.of("loss", 1.0, "seconds", seconds[i])));
    }
    return new FakeRuns.Fake(fake.result(), rows, List.of());
  }
}
