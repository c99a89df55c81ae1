package io.github.tfkfac.tools.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fails, not hangs, where SIGINT is ignored: a child of this process ignores it then, too. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
      send(signal, process.pid());

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
      send("TERM", process.pid());
      assertThat(output.readLine()).startsWith("SIGTERM: waiting");
      send(signal, process.pid());

      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(code);
      assertThat(output.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Not by {@code exit}, whose destructors would free what native threads still compute with. The
   * parent never asks for its child's end, so that the kernel keeps it.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aSecondSignalEndsByTheSignalItself() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "\"$@\" & exec sleep 100", "shell"));
    command.addAll(command("never ends"));
    Process parent = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).isEqualTo("running");
      ProcessHandle loop = parent.children().findFirst().orElseThrow();
      send("TERM", loop.pid());
      assertThat(output.readLine()).startsWith("SIGTERM: waiting");
      send("TERM", loop.pid());

      String[] state;
      do {
        Thread.sleep(5);
        String stat = Files.readString(Path.of("/proc/" + loop.pid() + "/stat"));
        state = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      } while (!state[0].equals("Z"));
      assertThat(state[state.length - 1].strip()).isEqualTo("15");
    } finally {
      parent.descendants().forEach(ProcessHandle::destroyForcibly);
      parent.destroyForcibly();
    }
  }

  private static Process started(String how) throws IOException {
    return new ProcessBuilder(command(how)).redirectErrorStream(true).start();
  }

  private static List<String> command(String how) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Loop.class.getName(),
        how);
  }

  private static void send(String signal, long process) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process)).start().waitFor();
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
