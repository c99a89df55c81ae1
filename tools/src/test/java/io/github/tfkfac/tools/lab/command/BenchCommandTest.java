package io.github.tfkfac.tools.lab.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tfkfac.tools.CommandRun;
import io.github.tfkfac.tools.lab.bench.NetworkStart;
import io.github.tfkfac.tools.lab.bench.StepMeasurement;
import io.github.tfkfac.tools.lab.bench.StepTimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @Test
  void stepsAreMeasuredAsJson() throws Exception {
    CommandRun run =
        CommandRun.of(
            "bench --model=mlp --image=2x2x1 --classes=2 --batch=2 --rounds=2 --threads=1 --json"
                .split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("round 2 of 2");
    JsonNode facts = run.json();
    assertThat(facts.at("/setting/batch").asInt()).isEqualTo(2);
    assertThat(facts.at("/measurement/times/rounds").size()).isEqualTo(2);
    assertThat(facts.at("/measurement/nkfac/operations").asLong()).isPositive();
    assertThat(facts.at("/summary/plainRatio/median").asDouble()).isPositive();
  }

  @Test
  void theTextOfAMeasurementHasEveryPart() {
    StepTimes times = new StepTimes(List.of(new StepTimes.Round(100, 110, 150, 900, 400)));
    StepMeasurement found =
        new StepMeasurement(
            times, new NetworkStart(500, 60, 70), new NetworkStart(900, 80, 90), 1 << 20, 3 << 20);

    assertThat(StepText.of(StepFacts.of(new NetworkOptions().setting(), "float32", 0, found)))
        .startsWith("resnet20 on 32x32x3, 10 classes, batch 128, 1 round, inverses in float32;")
        .containsPattern("(?m)^momentum, step +100.0 +100.0 +100.0$")
        .containsPattern("(?m)^extra for statistics +40.0 ")
        .containsPattern("(?m)^exact refresh +900.0 ")
        .containsPattern("(?m)^NKFAC, average step +114.0 ")
        .containsPattern("(?m)^plain step +1.100 ")
        .containsPattern("(?m)^average step, ratio of the medians +1.140$")
        .containsPattern("(?m)^NKFAC +900 +80 +90$")
        .contains("1.0 MiB with momentum alone, 3.0 MiB with both networks");
  }

  @Test
  void solversAreMeasured() {
    CommandRun run = CommandRun.of("bench", "solvers", "--sizes=4,6", "--rounds=1");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines()).hasSize(2 + 2 * 6);
    assertThat(run.out())
        .contains("Newton, spectral guard", "block inverse", "Cholesky", "eigendecomposition");
    assertThat(CommandRun.of("bench", "solvers", "--solvers=qr").err())
        .contains("--solvers", "CHOLESKY");
  }

  @Test
  void solversAreDrawnAndTheirTimesKept(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("solvers");
    CommandRun run =
        CommandRun.of(
            "bench",
            "solvers",
            "--sizes=4,6",
            "--rounds=2",
            "--largest-eigen=4",
            "--solvers=NEWTON,EIGEN",
            "--out=" + out);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Files.readAllLines(out.resolve("solvers.csv")))
        .hasSize(1 + 2 + 1)
        .startsWith("size,solver,rounds,median_ms,min_ms,max_ms,residual")
        .last()
        .asString()
        .matches("6,newton,2,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.e+-]+");
    assertThat(ImageIO.read(out.resolve("solvers.png").toFile()).getWidth()).isPositive();
  }

  @Test
  void staggeredRefreshesAreMeasuredAndDrawn(@TempDir Path folder) throws Exception {
    String tiny =
        "bench staggered --model=mlp --image=2x2x1 --classes=2 --batch=2 --windows=2"
            + " --stat-period=5 --inverse-period=10 --threads=1";
    CommandRun run = CommandRun.of((tiny + " --out=" + folder).split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("window 0 of 2", "window 2 of 2");
    assertThat(run.out())
        .startsWith("mlp on 2x2x1, batch 2, T 5/10, 2 windows")
        .containsPattern("(?m)^longest step +\\d+\\.\\d +\\d+\\.\\d$")
        .containsPattern("(?m)^longest step over plain step .*together .*, staggered ");
    assertThat(Files.readAllLines(folder.resolve("staggered.csv")))
        .hasSize(1 + 2 * 10)
        .startsWith("arm,step,statistics,factors_refreshed,fastest_ms,window_1_ms,window_2_ms");
    assertThat(ImageIO.read(folder.resolve("staggered.png").toFile()).getWidth()).isPositive();
  }

  @Test
  void staggeredRefreshesAreMeasuredAsJson() throws Exception {
    CommandRun run =
        CommandRun.of(
            ("bench staggered --model=mlp --image=2x2x1 --classes=2 --batch=2 --windows=1"
                    + " --stat-period=5 --inverse-period=10 --threads=1 --json")
                .split(" "));

    assertThat(run.json().at("/ratio").asDouble()).isPositive();
    assertThat(run.json().at("/measurement/staggered/steps").size()).isEqualTo(10);
  }

  @Test
  void windowsOfDifferentStepsAreRejected() {
    CommandRun run =
        CommandRun.of(
            "bench", "staggered", "--model=mlp", "--stat-period=3", "--inverse-period=10");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("multiple of the statistics period, found 10 and 3");
  }

  @Test
  void scalingIsCalculatedAndDrawn(@TempDir Path folder) throws Exception {
    String small = "bench scaling --model=mlp --image=2x2x1 --classes=2 --batch=2 --largest=128";
    CommandRun run = CommandRun.of((small + " --out=" + folder).split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("mlp on 2x2x1, batch 2 of each worker; calculated, not measured")
        .contains("shortest iteration of K-FAC in every step at 64 GPUs")
        .containsPattern("(?m)^ +128( +\\d+\\.\\d{3}){6}$")
        .containsPattern("(?m)^MEM-OPT, reduce-scatter, 20/200( +\\d+\\.\\d){5}$");
    assertThat(Files.readAllLines(folder.resolve("scaling.csv")))
        .hasSize(1 + 2 * 3 * 8)
        .startsWith(
            "scheme,statistics_period,inverse_period,workers,total_s,training_s,gradients_s,"
                + "statistics_s,moments_s,refresh_s,results_s,preconditioning_s,directions_s,"
                + "received_bytes");
    assertThat(ImageIO.read(folder.resolve("scaling.png").toFile()).getWidth()).isPositive();
    JsonNode facts = CommandRun.of((small + " --json --latency=1").split(" ")).json();
    assertThat(facts.at("/curves/0/iterations/1/seconds/gradients").asDouble()).isGreaterThan(1);
    assertThat(CommandRun.of((small + " --bandwidth=0").split(" ")).exitCode()).isEqualTo(2);
  }

  @Test
  void twoWorkersAreMeasured(@TempDir Path folder) throws Exception {
    CommandRun run =
        CommandRun.of(
            ("bench scaling --measure --model=mlp --image=2x2x1 --classes=2 --batch=2 --rounds=2"
                    + " --stat-period=2 --inverse-period=4 --out="
                    + folder)
                .split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("mlp on 2x2x1, batch 2 of each worker, T 2/4")
        .containsPattern("(?m)^NKFAC, MEM-OPT +with statistics and refresh +2( +\\d+\\.\\d){3}$")
        .containsPattern("(?m)^NKFAC, COMM-OPT +results of refreshes +2( +\\d+\\.\\d){3}$")
        .containsPattern("(?m)^NKFAC, MEM-OPT +directions +2( +\\d+\\.\\d){3}$")
        .containsPattern("(?m)^momentum +1 +\\d+\\.\\d +1\\.00 +0\\.0 ");
    assertThat(Files.readAllLines(folder.resolve("scaling-measured.csv")))
        .startsWith(
            "optimizer,workers,step,median_ms,min_ms,max_ms,exchanges,received_bytes,exchange_ms,hidden_ms")
        .anyMatch(line -> line.startsWith("\"NKFAC, COMM-OPT\",2,plain,"))
        .anyMatch(line -> line.contains("second moments"));
    assertThat(
            CommandRun.of("bench", "scaling", "--measure", "--stat-period=3", "--inverse-period=10")
                .err())
        .contains("an inverse period that is a larger multiple of it, found 3 and 10");
  }

  @Test
  void memoryIsMeasured() {
    CommandRun run =
        CommandRun.of(
            ("bench memory --model=mlp --image=2x2x1 --classes=2 --batch=2 --steps=12 --from=6"
                    + " --stat-period=2 --inverse-period=4 --threads=1")
                .split(" "));

    assertThat(run.out()).containsPattern("(?m)^ +6 +\\d").containsPattern("(?m)^ +12 +\\d");
    assertThat(run.exitCode()).isEqualTo(run.err().isEmpty() ? 0 : 1);
  }

  @Test
  @Tag("slow")
  void memoryOfADetectorIsCalculatedAndMeasured() throws Exception {
    CommandRun run =
        CommandRun.of(
            ("bench detector-memory --json --batch=1 --image=64x64 --classes=3 --objects=2"
                    + " --optimizer=sgdm --steps=4 --from=2")
                .split(" "));

    JsonNode facts = run.json();
    assertThat(facts.at("/growth/last/step").asLong()).isEqualTo(4);
    assertThat(facts.at("/growth/last/graphOperations").asLong())
        .isEqualTo(facts.at("/growth/early/graphOperations").asLong());
    JsonNode plain = facts.at("/steps/PLAIN");
    assertThat(plain.at("/calculated/open")).isEmpty();
    // What a process of many tests holds already need not be taken again: only whether it was read.
    assertThat(plain.at("/aboveStart").isNumber()).isTrue();
    assertThat(plain.at("/calculated/variableBytes").asLong()).isGreaterThan(20 << 20);
  }

  @Test
  void everySubcommandHasHelpAndAVersion() {
    assertThat(CommandRun.of("bench", "memory", "--help").out())
        .contains("kfac bench memory", "--from", "200");
    assertThat(CommandRun.of("bench", "staggered", "--help").out())
        .contains("kfac bench staggered", "--windows", "--out");
    assertThat(CommandRun.of("bench", "solvers", "--version").out()).startsWith("kfac ");
    assertThat(CommandRun.of("bench", "solver").err()).contains("did you mean 'solvers'?");
  }

  @Test
  void evaluationIsMeasuredOnFilesThatStay(@TempDir Path folder) throws Exception {
    CommandRun run =
        CommandRun.of(
            "bench", "coco-eval", "--images=3", "--detections=4", "--json", "--out=" + folder);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("evaluate masks: ");
    assertThat(run.json().at("/detections").asInt()).isEqualTo(12);
    assertThat(run.json().at("/stages").size()).isEqualTo(6);
    assertThat(folder).isDirectoryContaining("glob:**masks.json");
    assertThat(CommandRun.of("bench", "coco-eval").err()).contains("--out");
  }
}
