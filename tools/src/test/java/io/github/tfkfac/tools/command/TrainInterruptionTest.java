package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.Main;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.ResumePoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class TrainInterruptionTest {
  @TempDir Path folder;

  @Test
  void ctrlCSavesTheRunAndPrintsTheCommandToGoOn() throws IOException, InterruptedException {
    Process process =
        started("--epochs=1000000", "--optimizer=sgdm", "--runs=" + folder, "--name=a");
    try (BufferedReader out = process.inputReader();
        BufferedReader err = process.errorReader()) {
      List<String> progress = new ArrayList<>();
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        progress.add(line);
        if (line.contains("step 1/")) {
          break;
        }
      }
      assertThat(progress).last().asString().contains("step 1/4000000");
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

      List<String> last = out.lines().toList();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      RunFolder run = RunFolder.existing(folder.resolve("a"));
      Path checkpoint =
          ResumePoint.in(ClassificationRun.checkpoints(run)).checkpoint().orElseThrow();
      assertThat(last).hasSize(2);
      assertThat(last.get(0)).contains("interrupted after step ").contains(checkpoint.toString());
      assertThat(last.get(1)).isEqualTo("to go on: ./kfac train --resume " + run.path());
      assertThat(RunRecord.read(run).result()).isEmpty();
      assertThat(run.curves()).isNotEmptyFile();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process started(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.awt.headless=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(Program.withTiny("train", options)));
    return new ProcessBuilder(command).start();
  }
}
