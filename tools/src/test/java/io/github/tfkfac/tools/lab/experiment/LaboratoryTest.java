package io.github.tfkfac.tools.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.experiment.study.OptimizersExperiment;
import io.github.tfkfac.tools.lab.experiment.study.StepSizeExperiment;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaboratoryTest {
  private static final ExperimentSettings SETTINGS =
      new ExperimentSettings(Preset.SMALL, 2, Map.of("dataset", "generated"));

  @TempDir Path folder;
  private final List<Instant> times = new ArrayList<>();
  private final FakeRuns runs = new FakeRuns(run -> FakeRuns.classifier(0.9, 4, 2));
  private Laboratory laboratory =
      new Laboratory(new OptimizersExperiment(), Path.of(""), List.of(), Instant::now);

  @BeforeEach
  void useFolder() {
    InstantSource clock = () -> times.remove(0);
    laboratory =
        new Laboratory(new OptimizersExperiment(), folder.resolve("e"), List.of("word"), clock);
  }

  @Test
  void theRecordSaysWhatWasRunOnWhatAndForHowLong() throws IOException {
    train(runs, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z");

    RunRecord record = record();
    assertThat(record.command()).isEqualTo("experiment optimizers");
    assertThat(record.arguments()).containsExactly("word");
    assertThat(record.options())
        .containsEntry("preset", "small")
        .containsEntry("seeds", "2")
        .containsEntry("dataset", "generated");
    assertThat(record.seeds().values()).containsExactly(1L, 2L);
    assertThat(record.data()).containsEntry("generated-mlp/train_sha256", "abc");
    assertThat(record.started()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(record.result())
        .containsEntry("ended", "2026-01-01T00:00:10Z")
        .containsEntry("wall_seconds", 10.0)
        .containsEntry("planned_runs", 14)
        .containsEntry("ended_runs", 14)
        .containsEntry("missing_runs", List.of())
        .containsEntry("threads", List.of("1"));
  }

  @Test
  void aSecondSessionGoesOnAndAddsItsTime() throws IOException {
    runs.stoppingAfter(5);
    assertThat(train(runs, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z")).isFalse();
    assertThat(record().result()).containsEntry("ended_runs", 5);

    FakeRuns others = new FakeRuns(run -> FakeRuns.classifier(0.9, 4, 2));
    assertThat(train(others, "2026-01-02T00:00:00Z", "2026-01-02T00:00:05Z")).isTrue();

    assertThat(others.trained()).hasSize(9).doesNotContainAnyElementsOf(runs.trained());
    assertThat(record().started()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(record().result()).containsEntry("wall_seconds", 15.0);
  }

  @Test
  void allArmsHaveOneSeedBeforeTheNextSeedBegins() throws IOException {
    train(runs, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z");

    assertThat(runs.trained().subList(0, 7)).allMatch(name -> name.endsWith("seed 1"));
    assertThat(runs.trained().subList(7, 14)).allMatch(name -> name.endsWith("seed 2"));
  }

  @Test
  void otherOptionsOrAnotherExperimentInTheFolderAreRejected() throws IOException {
    train(runs, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z");
    times.add(Instant.EPOCH);
    times.add(Instant.EPOCH);

    ExperimentSettings longer =
        new ExperimentSettings(Preset.SMALL, 2, Map.of("dataset", "generated", "epochs", "9"));
    assertThatThrownBy(() -> laboratory.train(longer, List.of(), task -> runs))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("found epochs = 9 where it has none");
    Laboratory other =
        new Laboratory(new StepSizeExperiment(), laboratory.folder(), List.of(), Instant::now);
    assertThatThrownBy(other::result)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected the folder of 'experiment stepsize'");
  }

  @Test
  void theReportNamesWhatWasNotRun() throws IOException {
    runs.stoppingAfter(8);
    train(runs, "2026-01-01T00:00:00Z", "2026-01-01T00:00:10Z");

    Path page =
        new ExperimentReport(laboratory.experiment(), laboratory.result())
            .write(laboratory.folder());

    assertThat(Files.readString(page))
        .contains("8 of 14 planned runs have ended")
        .contains("Not run to the end, and in no number of this report: generated-mlp/adamw seed 2")
        .contains("generated-mlp/nkfac seed 2")
        .doesNotContain("generated-mlp/sgdm seed 2,")
        .contains("lr, paper")
        .contains("abc")
        .contains("data:image/png;base64,")
        .doesNotContain("http");
    assertThat(laboratory.folder().resolve("curves-generated-mlp.png")).isNotEmptyFile();
    List<String> results = Files.readAllLines(laboratory.folder().resolve("results.csv"));
    assertThat(results).hasSize(1 + 8 * 5);
    assertThat(results.get(0)).startsWith("series,arm,seed,step,");
    List<String> summary = Files.readAllLines(laboratory.folder().resolve("summary.csv"));
    assertThat(summary).hasSize(1 + 8);
    assertThat(summary.get(1)).startsWith("generated-mlp,sgdm,1,4,3.0,false,90.0,");
  }

  private boolean train(RunExecutor executor, String start, String end) throws IOException {
    times.add(Instant.parse(start));
    times.add(Instant.parse(end));
    return laboratory.train(SETTINGS, List.of(), task -> executor);
  }

  private RunRecord record() throws IOException {
    return RunRecord.read(new RunFolder(laboratory.folder()));
  }
}
