package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
  @Test
  void nothingIsRequestedWithoutASignal() {
    try (Interruption interruption = Interruption.listen()) {
      assertThat(interruption.getAsBoolean()).isFalse();
    }
  }

  @Test
  void afterCtrlCTheWorkIsSavedAndTheCodeIs130() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Loop.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("running");
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

      assertThat(output.readLine()).isEqualTo("saved");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Stands for a training loop. */
  static final class Loop {
    private Loop() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (Interruption interruption = Interruption.listen()) {
        System.out.println("running");
        while (!interruption.getAsBoolean()) {
          Thread.sleep(5);
        }
        Thread.sleep(200);
        System.out.println("saved");
      }
      System.exit(0);
    }
  }
}
