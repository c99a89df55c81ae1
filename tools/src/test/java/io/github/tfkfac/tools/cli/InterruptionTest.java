package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
  @Test
  void nothingIsRequestedWithoutASignal() {
    try (Interruption interruption = Interruption.listen(line -> {}, () -> {})) {
      assertThat(interruption.getAsBoolean()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void afterASignalTheWorkIsSavedAndTheCodeTellsTheSignal(String signal, int code)
      throws IOException, InterruptedException {
    Process process = started("saves");
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("running");
      send(signal, process);

      assertThat(output.readLine())
          .isEqualTo(
              "SIG%s: waiting for the step in progress, then the run is saved; a second signal ends"
                      .formatted(signal)
                  + " the program at once without saving");
      assertThat(output.readLine()).isEqualTo("saved");
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(code);
    } finally {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSecondSignalEndsAtOnce(String signal, int code) throws IOException, InterruptedException {
    Process process = started("never ends");
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("running");
      send("TERM", process);
      assertThat(output.readLine()).startsWith("SIGTERM: waiting");
      send(signal, process);

      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(code);
      assertThat(output.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process started(String how) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Loop.class.getName(),
            how)
        .redirectErrorStream(true)
        .start();
  }

  private static void send(String signal, Process process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
  }

  /** Stands for a training loop. */
  static final class Loop {
    private Loop() {}

    public static void main(String[] arguments) throws InterruptedException {
      AtomicBoolean told = new AtomicBoolean();
      try (Interruption interruption =
          Interruption.listen(
              line -> {
                System.out.println(line);
                told.set(true);
              },
              () -> {})) {
        System.out.println("running");
        while (!interruption.getAsBoolean() || !told.get() || arguments[0].startsWith("never")) {
          Thread.sleep(5);
        }
        System.out.println("saved");
      }
      System.exit(Interruption.exitCode());
    }
  }
}
