package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentCommandTest {
  private static final List<String> TINY =
      List.of(
          "--dataset=generated",
          "--image-size=8",
          "--train-images=64",
          "--test-images=32",
          "--batch=16",
          "--epochs=2",
          "--stat-period=1",
          "--inverse-period=2",
          "--threads=1",
          "--seeds=1");

  @TempDir Path folder;
  private final Program program = new Program();

  @Test
  void newtonRefreshesAreMeasuredWhileTheyHappen() throws IOException {
    assertThat(experiment("stepsize", "--only=inverse-norm,line-search"))
        .as(program.err())
        .isZero();

    List<String> probe =
        Files.readAllLines(folder.resolve("e/generated-mlp/inverse-norm-seed1/probe.csv"));
    assertThat(probe.get(0)).contains("/A/residual_before", "/G/best_alpha");
    assertThat(probe).hasSize(2);
    assertThat(probe.get(1)).startsWith("7,").doesNotContain(",,", "NaN");
    String page = Files.readString(folder.resolve("e/report.html"));
    assertThat(page)
        .contains("in no number of this report: generated-mlp/spectral-guard seed 1")
        .contains("Some runs have only 1 Newton refreshes");
    assertThat(program.out()).contains("report.html");

    assertThat(experiment("stepsize", "--only=inverse-norm")).isZero();
    assertThat(program.err()).contains("inverse-norm seed 1: finished before");
    Files.delete(folder.resolve("e/report.html"));
    assertThat(
            program.run("experiment", "stepsize", "--report-only", "--out=" + folder.resolve("e")))
        .as(program.err())
        .isZero();
    assertThat(folder.resolve("e/report.html")).content().isEqualTo(page);
  }

  @Test
  void theChangeOfEveryFactorIsMeasuredAtEveryUpdate() throws IOException {
    assertThat(experiment("statistics", "--model=mlp")).as(program.err()).isZero();

    List<String> probe =
        Files.readAllLines(folder.resolve("e/generated-mlp/nkfac-seed1/probe.csv"));
    assertThat(probe.get(0)).contains("/A,").endsWith("/G");
    assertThat(probe).hasSize(1 + 7);
    for (String cell : probe.get(1).replaceFirst("^2,", "").split(",", -1)) {
      assertThat(Double.parseDouble(cell)).isBetween(0.3, 0.8);
    }
    assertThat(folder.resolve("e/change-generated-mlp.png")).isNotEmptyFile();
  }

  @Test
  void badCommandLinesAreOneLine() {
    assertThat(program.run("experiment")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("subcommand");
    assertThat(experiment("stepsize", "--only=newton")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("unknown arm 'newton'");
    assertThat(program.run("experiment", "optimizers")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("the data set mnist is read from a folder");
    assertThat(program.run("experiment", "stepsize", "--report-only")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("--report-only needs --out");
    assertThat(program.run("experiment", "optimizers", "--preset=paper", "--tasks=cifar10-vgg12"))
        .isEqualTo(2);
    assertThat(program.onlyLine()).contains("did you mean 'cifar10-vgg1");
    assertThat(program.run("experiment", "large-batch", "--batch=64")).isEqualTo(2);
    assertThat(program.onlyLine()).contains("expected no --batch, which this experiment varies");
    assertThat(folder.resolve("e")).doesNotExist();
  }

  private int experiment(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of("experiment", name));
    arguments.addAll(TINY);
    arguments.addAll(List.of(more));
    arguments.add("--out=" + folder.resolve("e"));
    return program.run(arguments.toArray(String[]::new));
  }
}
