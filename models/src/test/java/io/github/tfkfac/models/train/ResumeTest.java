package io.github.tfkfac.models.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {

  private static final int NEWTON_REFRESHES = 4;

  @Test
  void aRunResumedInAnotherProcessGoesOnToTheBit(@TempDir Path folder)
      throws IOException, InterruptedException {
    List<String> whole = new ResumeScenario(folder.resolve("whole")).uninterrupted();
    Path checkpoints = folder.resolve("parts");
    List<String> first = new ResumeScenario(checkpoints).interrupted();
    List<String> second = resumedElsewhere(checkpoints, folder.resolve("trace"));

    int stop = (int) ResumeScenario.STOP;
    assertThat(first).hasSize(stop).isEqualTo(whole.subList(0, stop));
    assertThat(second).isEqualTo(whole.subList(stop, whole.size()));
    assertThat(second).filteredOn(line -> line.startsWith("step ")).hasSize(50);
    assertThat(second)
        .as("no variable is left out")
        .anyMatch(line -> line.matches("variables (\\d+) of \\1"));
    assertThat(newtonRefreshes(second.get(49)) - newtonRefreshes(first.get(stop - 1)))
        .isGreaterThanOrEqualTo(NEWTON_REFRESHES);
  }

  private static int newtonRefreshes(String line) {
    return Integer.parseInt(line.replaceAll(".*iterativeRefreshes=(\\d+).*", "$1"));
  }

  private static List<String> resumedElsewhere(Path checkpoints, Path trace)
      throws IOException, InterruptedException {
    Path log = trace.resolveSibling("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ResumeScenario.class.getName(),
                checkpoints.toString(),
                trace.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("the process ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    return Files.readAllLines(trace);
  }
}
