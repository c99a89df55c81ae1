package io.github.tfkfac.tools.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The first step's eigendecomposition of 3,073 rows takes far longer than any other step. */
@DisabledOnOs(OS.WINDOWS)
class FinetuneInterruptionTest {

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void sigtermInALongRefreshSavesTheRunWhichGoesOnAsIfNothingHadHappened()
      throws IOException, InterruptedException {
    Path model = TinySavedModel.writeWide(folder.resolve("model"), 10);
    Process process = started(arguments(model, "stopped"));
    try (BufferedReader err = process.errorReader()) {
      String now = err.readLine();
      while (now != null
          && !now.contains("step 1: refreshing the inverses, ")
          && !now.contains("step 1/")) {
        now = err.readLine();
      }
      new ProcessBuilder("kill", "-TERM", String.valueOf(process.pid())).start().waitFor();
      List<String> lines = err.lines().toList();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

      assertThat(process.exitValue()).as(String.join("\n", lines)).isEqualTo(143);
      assertThat(lines)
          .filteredOn(line -> line.contains("SIGTERM: waiting for the step"))
          .hasSize(1);
      assertThat(lines).noneMatch(line -> line.contains("\tat ") || line.contains("fatal error"));
    } finally {
      process.destroyForcibly();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("model", "stopped");
    }
    Program program = new Program();
    assertThat(program.run("finetune", "--resume=" + folder.resolve("stopped")))
        .as(program.err())
        .isZero();
    assertThat(program.err()).containsPattern("going on from step-0000000[1-7]");
    assertThat(program.run(arguments(model, "whole").toArray(String[]::new)))
        .as(program.err())
        .isZero();
    assertThat(TinySavedModel.values(folder.resolve("stopped/model")))
        .isEqualTo(TinySavedModel.values(folder.resolve("whole/model")))
        .isNotEqualTo(TinySavedModel.values(model));
  }

  private List<String> arguments(Path model, String name) {
    return List.of(
        "finetune",
        model.toString(),
        "--image-size=8",
        "--train-images=64",
        "--test-images=32",
        "--batch=16",
        "--epochs=2",
        "--threads=1",
        "--exact-solver=eigen",
        "--max-factor=0",
        "--runs=" + folder,
        "--name=" + name);
  }

  private Process started(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.awt.headless=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command).directory(folder.toFile()).start();
  }
}
