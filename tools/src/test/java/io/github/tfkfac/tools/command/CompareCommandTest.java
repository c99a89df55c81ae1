package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareCommandTest {
  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  void everyArmIsTrainedWithEverySeedOnceAndReported() throws IOException {
    assertThat(compare("--optimizers=sgdm,nkfac:stat-period=2;inverse-period=3", "--seeds=4,5"))
        .as(program.err())
        .isZero();

    List<String> lines = Files.readAllLines(folder.resolve("c/summary.csv"));
    assertThat(lines).hasSize(5);
    assertThat(lines.get(0)).startsWith("arm,seed,steps,test_accuracy");
    assertThat(lines.get(1)).startsWith("sgdm,4,12,");
    assertThat(lines.get(4)).startsWith("nkfac-2-3,5,12,").contains(",3,1,0,false");
    assertThat(folder.resolve("c/curves.png")).isNotEmptyFile();
    String page = Files.readString(folder.resolve("c/report.html"));
    assertThat(page)
        .contains("nkfac-2-3")
        .contains("Each arm was trained 2 times")
        .contains("Student-t")
        .contains("train_sha256")
        .contains(record("sgdm-seed4").data().get("train_sha256"))
        .contains("data:image/png;base64,")
        .doesNotContain("not recorded")
        .doesNotContain("http");
    assertThat(program.out()).contains("nkfac-2-3").contains("report.html");

    byte[] before = Files.readAllBytes(folder.resolve("c/sgdm-seed4/run.json"));
    assertThat(compare("--optimizers=sgdm,nkfac:stat-period=2;inverse-period=3", "--seeds=4,5"))
        .isZero();
    assertThat(program.err()).contains("sgdm seed 4: finished before").doesNotContain("step ");
    assertThat(folder.resolve("c/sgdm-seed4/run.json")).hasBinaryContent(before);

    assertThat(compare("--optimizers=sgdm", "--seeds=4", "--lr=0.3")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("lr = 0.3 where it has 0.1");
  }

  @Test
  void anUnfinishedRunIsGoneOnWith() throws IOException {
    assertThat(compare("--optimizers=sgdm", "--seeds=1")).isZero();
    RunFolder run = new RunFolder(folder.resolve("c/sgdm-seed1"));
    RunRecord finished = RunRecord.read(run);
    finished.withResult(Map.of()).write(run);
    Path damaged = run.checkpoints().resolve("step-00000012");
    Files.delete(damaged.resolve("variables.index"));

    assertThat(compare("--optimizers=sgdm", "--seeds=1")).isZero();

    assertThat(program.err())
        .contains("skipped: the checkpoint in " + damaged)
        .contains("going on from step-00000008")
        .contains("step 9/12");
    assertThat(record("sgdm-seed1").result().get("test_loss"))
        .isEqualTo(finished.result().get("test_loss"));
  }

  @Test
  void anUnfinishedRunWithoutCheckpointIsBegunAgain() throws IOException {
    assertThat(compare("--optimizers=sgdm", "--seeds=1")).isZero();
    RunFolder run = new RunFolder(folder.resolve("c/sgdm-seed1"));
    RunRecord finished = RunRecord.read(run);
    finished.withResult(Map.of()).write(run);
    for (int step : new int[] {4, 8, 12}) {
      deleteCheckpoint(run.checkpoints().resolve("step-%08d".formatted(step)));
    }

    assertThat(compare("--optimizers=sgdm", "--seeds=1")).isZero();

    assertThat(program.err()).contains("step 1/12");
    assertThat(record("sgdm-seed1").result().get("test_loss"))
        .isEqualTo(finished.result().get("test_loss"));
  }

  @Test
  void anArmThatDivergesIsReportedAndTheOthersGoOn() throws IOException {
    assertThat(compare("--optimizers=sgdm:lr=1e30,sgdm", "--seeds=1")).as(program.err()).isZero();

    assertThat(program.err()).contains("sgdm-lr-1e30 seed 1: diverged: the loss of step");
    assertThat(Files.readString(folder.resolve("c/report.html")))
        .contains("sgdm-lr-1e30 with seed 1 diverged")
        .contains("nothing can be said");
    assertThat(Files.readAllLines(folder.resolve("c/summary.csv")).get(1)).endsWith(",true");
  }

  @Test
  void theReportIsMadeOfFinishedRunsAlone() throws IOException {
    Path config =
        Files.writeString(folder.resolve("c.yaml"), "optimizers: [sgdm]\nseeds: [1, 2]\n");
    assertThat(compare("--config=" + config)).as(program.err()).isZero();
    RunFolder second = new RunFolder(folder.resolve("c/sgdm-seed2"));
    RunRecord.read(second).withResult(Map.of()).write(second);
    Files.delete(folder.resolve("c/report.html"));

    assertThat(program.run("compare", "--report-only", "--out=" + folder.resolve("c"))).isZero();

    assertThat(Files.readAllLines(folder.resolve("c/summary.csv"))).hasSize(2);
    assertThat(Files.readString(folder.resolve("c/report.html")))
        .contains("Not finished, and not in this report: sgdm-seed2");
  }

  @Test
  void badComparisonsAreOneLine() {
    assertThat(compare("--optimizers=sgdm,sdgm")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("unknown optimizer 'sdgm'; did you mean 'sgdm'?");
    assertThat(compare("--optimizers=sgdm", "--seeds=1,1")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected different seeds");
    assertThat(compare("--optimizers=sgdm", "--seeds=one")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--seeds");
    assertThat(program.run("compare", "--report-only")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--report-only needs --out");
    assertThat(program.run("compare", "--report-only", "--out=" + folder)).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected finished runs").contains("found none");
    assertThat(folder.resolve("c")).doesNotExist();
  }

  private int compare(String... more) {
    String[] all = new String[more.length + 1];
    System.arraycopy(more, 0, all, 0, more.length);
    all[more.length] = "--out=" + folder.resolve("c");
    return program.runTiny("compare", all);
  }

  private RunRecord record(String run) throws IOException {
    return RunRecord.read(new RunFolder(folder.resolve("c").resolve(run)));
  }

  private static void deleteCheckpoint(Path checkpoint) throws IOException {
    for (String file :
        List.of("checkpoint.properties", "variables.index", "variables.data-00000-of-00001")) {
      Files.delete(checkpoint.resolve(file));
    }
    Files.delete(checkpoint);
  }
}
