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
    runProcess("start", folder);
    runProcess("resume", folder);
    List<String> whole = Files.readAllLines(folder.resolve("whole.trace"));
    List<String> first = Files.readAllLines(folder.resolve("first.trace"));
    List<String> second = Files.readAllLines(folder.resolve("second.trace"));

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

  /** In a process whose first session has one thread, which holds for all its sessions. */
  private static void runProcess(String what, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve(what + ".log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ResumeScenario.class.getName(),
                what,
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("the process ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }
}
