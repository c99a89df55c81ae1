package io.github.tfkfac.detection.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumedDetectionTest {

  /** In a process whose first session has one thread, which holds for all its sessions. */
  @Test
  void aResumedRunGoesOnToTheBit(@TempDir Path folder) throws IOException, InterruptedException {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ResumedDetection.class.getName(),
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
    List<String> whole = Files.readAllLines(folder.resolve("whole.trace"));
    List<String> rest = Files.readAllLines(folder.resolve("rest.trace"));
    assertThat(rest).isEqualTo(whole.subList(ResumedDetection.STOP, whole.size()));
    assertThat(rest).anyMatch(line -> line.startsWith("variable kfac/rpn/head/conv/0/0/kernel/A"));
  }
}
