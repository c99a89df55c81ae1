package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.lab.ablation.AblationPlan;
import io.github.tfkfac.tools.record.Environment;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("detector")
class DetectAblationTest {

  @TempDir Path folder;
  private final Program program = new Program();

  /** What a finished run leaves, with a firing rate of a quarter. */
  private void finish(AblationPlan.Run run, double ap) throws IOException {
    RunFolder of = RunFolder.create(folder.resolve(run.folder()));
    try (MetricsCsv metrics = MetricsCsv.create(of.metrics(), List.of("loss"))) {
      metrics.write(new MetricsRow(1, Map.of("loss", 2.0)));
      metrics.write(new MetricsRow(2, Map.of("loss", 1.0)));
    }
    new RunRecord(
            "detect ablation",
            List.of(),
            new LinkedHashMap<>(run.settings().options()),
            Map.of(),
            Map.of("train", "six images"),
            Environment.current(),
            "",
            Map.of(
                "box", Map.of("AP", ap),
                "health",
                    Map.of("iterativeRefreshes", 3, "newtonSteps", 200, "fullNewtonSteps", 150),
                "wall_seconds", 2.5))
        .write(of);
  }

  @Test
  void theReportOfFinishedRunsNeedsNoTraining() throws IOException {
    List<AblationPlan.Run> runs = AblationPlan.of("tiny", 2, Map.of("steps", "7")).runs();
    finish(runs.get(0), 0.10);
    finish(runs.get(1), 0.14);
    finish(runs.get(2), 0.50);

    assertThat(program.run("detect", "ablation", "--report-only", "--seeds=2", "--out=" + folder))
        .as(program.err())
        .isZero();

    Path report = folder.resolve("report.html");
    assertThat(program.out().strip()).isEqualTo("report  " + report);
    assertThat(report)
        .content()
        .contains(
            "3 of 4 planned runs have ended",
            "Δ, paper − α*",
            ">4.0<",
            "used in % of refreshes",
            ">25.0",
            "Every layer had at least 3 Newton refreshes",
            "That is too few",
            "six images")
        .as("the options that the runs had")
        .containsPattern("steps</td><td[^>]*>7<");
    assertThat(folder.resolve("summary.csv")).content().hasLineCount(4);
    assertThat(ImageIO.read(folder.resolve("loss.png").toFile())).isNotNull();
  }

  @Test
  @Tag("slow")
  void bothRulesAreTrainedAndCompared() throws IOException {
    TinyShapes data = TinyShapes.write(folder.resolve("data"));
    Path out = folder.resolve("study");
    String[] arguments = {
      "detect",
      "ablation",
      "--seeds=1",
      "--out=" + out,
      "--data=" + data.folder(),
      "--steps=2",
      "--batch=1",
      "--short-side=64",
      "--stat-period=1",
      "--inverse-period=1",
      "--threads=1"
    };

    assertThat(program.run(arguments)).as(program.err()).isZero();

    Path report = out.resolve("report.html");
    assertThat(program.out().strip()).isEqualTo("report  " + report);
    assertThat(report)
        .content()
        .contains("2 of 2 planned runs have ended", "Δ, paper − α*", "used in % of refreshes");
    List<String> lines = Files.readAllLines(out.resolve("summary.csv"));
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).startsWith("small,line-search,1,");
    assertThat(lines.get(2)).startsWith("small,inverse-norm,1,");
    assertThat(ImageIO.read(out.resolve("loss.png").toFile())).isNotNull();

    assertThat(program.run(arguments)).as(program.err()).isZero();
    assertThat(program.err().lines())
        .containsExactly(
            "small-line-search-seed1: finished before",
            "small-inverse-norm-seed1: finished before");
  }

  @Test
  @Tag("slow")
  void aRunThatDivergesIsRecordedAndTheOthersGoOn() throws IOException {
    TinyShapes data = TinyShapes.write(folder.resolve("data"));
    Path out = folder.resolve("study");

    int exitCode =
        program.run(
            "detect",
            "ablation",
            "--seeds=1",
            "--out=" + out,
            "--data=" + data.folder(),
            "--steps=3",
            "--batch=1",
            "--short-side=64",
            "--lr=1e30",
            "--warmup-steps=0",
            "--threads=1");

    assertThat(exitCode).as(program.err()).isZero();
    assertThat(program.err())
        .contains(
            "small-line-search-seed1: diverged: expected finite losses",
            "small-inverse-norm-seed1: diverged: expected finite losses",
            "was skipped: a gradient was not finite");
    assertThat(out.resolve("report.html"))
        .content()
        .contains("small-line-search-seed1 diverged: expected finite losses")
        .contains("2 of 2 planned runs have ended");
  }
}
