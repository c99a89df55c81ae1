package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.Main;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.ResumePoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class TrainInterruptionTest {
  private static final Console SILENT =
      new Console(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false);

  @TempDir Path folder;

  @Test
  void ctrlCSavesTheRunAndPrintsTheCommandToGoOn() throws IOException, InterruptedException {
    // A file, not a pipe: a run that nothing ends must not wait for a reader of its lines.
    Path progress = folder.resolve("progress.txt");
    Process process =
        builder(Path.of(""), "--epochs=1000000", "--optimizer=sgdm", "--runs=" + folder, "--name=a")
            .redirectError(progress.toFile())
            .start();
    try {
      while (process.isAlive() && !Files.readString(progress).contains("step 1/")) {
        Thread.sleep(20);
      }
      assertThat(progress).content().contains("step 1/4000000");
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

      assertThat(process.waitFor(1, TimeUnit.MINUTES))
          .as("SIGINT ends a run, unless it is ignored where the tests were started")
          .isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      RunFolder run = RunFolder.existing(folder.resolve("a"));
      Path checkpoint =
          ResumePoint.in(ClassificationRun.checkpoints(run)).checkpoint().orElseThrow();
      List<String> last = process.inputReader().lines().toList();
      assertThat(last).hasSize(2);
      assertThat(last.get(0)).contains("interrupted after step ").contains(checkpoint.toString());
      assertThat(last.get(1)).isEqualTo("to continue: ./kfac train --resume " + run.path());
      assertThat(RunRecord.read(run).result()).isEmpty();
      assertThat(run.curves()).isNotEmptyFile();
    } finally {
      process.destroyForcibly();
    }
  }

  /** An eigendecomposition of 3,073 rows, which takes far longer than a step. */
  private Process inARefresh() throws IOException, InterruptedException {
    Process process =
        started(
            folder,
            "--image-size=32",
            "--epochs=1000000",
            "--exact-solver=eigen",
            "--max-factor=0",
            "--runs=" + folder,
            "--name=a");
    while (process.isAlive() && !Files.exists(folder.resolve("a/metrics.csv"))) {
      Thread.sleep(20);
    }
    return process;
  }

  private static void terminate(Process process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid())).start().waitFor();
  }

  private void assertNoDump() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("hs_err") || name.startsWith("core"));
    }
  }

  @Test
  @Tag("slow")
  void sigtermInALongRefreshWaitsForItAndSavesTheRun() throws IOException, InterruptedException {
    Process process = inARefresh();
    try (BufferedReader err = process.errorReader()) {
      terminate(process);
      List<String> lines = err.lines().toList();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(lines)
          .anyMatch(line -> line.contains("SIGTERM: waiting for the step in progress"));
      RunFolder run = RunFolder.existing(folder.resolve("a"));
      assertThat(ResumePoint.in(ClassificationRun.checkpoints(run)).checkpoint()).isPresent();
      assertNoDump();
    } finally {
      process.destroyForcibly();
    }
    assertThat(
            ResumedRuns.open(
                    RunFolder.existing(folder.resolve("a")),
                    Map.of(),
                    TrainingWorkers.alone(),
                    SILENT)
                .resumeFrom())
        .isPresent();
  }

  @Test
  @Tag("slow")
  void aSecondSignalInALongRefreshEndsAtOnceWithoutADump()
      throws IOException, InterruptedException {
    Process process = inARefresh();
    try (BufferedReader err = process.errorReader()) {
      terminate(process);
      String line = err.readLine();
      while (line != null && !line.contains("SIGTERM: waiting")) {
        line = err.readLine();
      }
      terminate(process);
      List<String> rest = err.lines().toList();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(rest).noneMatch(text -> text.contains("fatal error"));
      assertNoDump();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process started(Path directory, String... options) throws IOException {
    return builder(directory, options).start();
  }

  private static ProcessBuilder builder(Path directory, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.awt.headless=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(Program.withTiny("train", options)));
    return new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile());
  }
}
