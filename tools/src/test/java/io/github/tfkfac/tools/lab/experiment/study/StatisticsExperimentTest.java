package io.github.tfkfac.tools.lab.experiment.study;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.record.MetricsRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsExperimentTest {
  @TempDir Path folder;

  @Test
  void everyFactorHasItsRowWithoutTheBeginning() throws IOException {
    FakeRuns.Fake fake = FakeRuns.classifier(0.9, 4, 2);
    List<MetricsRow> changes =
        List.of(row(1, 0.9), row(2, 0.3), row(3, 0.2), row(4, 0.1), row(5, 0.4));
    String page =
        Reports.page(
            new StatisticsExperiment(),
            folder,
            2,
            new FakeRuns(run -> new FakeRuns.Fake(fake.result(), fake.metrics(), changes)),
            Map.of("average-decay", "0.5"));

    assertThat(page)
        .contains("<td>dense/A</td><td class=\"right\">0.2500</td><td class=\"right\">0.1000</td>")
        .contains("<td>dense/G</td><td class=\"right\">0.1250</td><td class=\"right\">0.0500</td>")
        .contains("means over 2 runs");
    assertThat(folder.resolve("change-generated-resnet8.png")).isNotEmptyFile();
  }

  private static MetricsRow row(long step, double change) {
    return new MetricsRow(step, Map.of("dense/A", change, "dense/G", change / 2));
  }
}
