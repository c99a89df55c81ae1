package io.github.tfkfac.tools.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.tools.Main;
import io.github.tfkfac.tools.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers that the program starts as processes, of which one is lost. */
@Tag("slow")
@DisabledOnOs(OS.WINDOWS)
class LocalWorkersTest {

  private static final int EPOCHS = 30;
  private static final int STEPS_PER_EPOCH = 4;

  @TempDir static Path folder;

  @BeforeAll
  static void trainToTheEnd() throws IOException, InterruptedException {
    Process whole = started("whole", train("whole"));
    assertThat(whole.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(whole.exitValue()).as(said("whole")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"KILL,1", "STOP,0"})
  void aLostWorkerEndsAllAndTheRunGoesOnAsIfItHadNot(String signal, int lost)
      throws IOException, InterruptedException {
    String name = "cut-" + signal;
    Process cut = started(name, train(name));
    try {
      Path first =
          folder.resolve(name).resolve("checkpoints/step-%08d".formatted(2 * STEPS_PER_EPOCH));
      while (cut.isAlive() && !Files.exists(first)) {
        Thread.sleep(20);
      }
      send(signal, worker(cut, lost));
      assertThat(cut.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      cut.descendants().forEach(ProcessHandle::destroyForcibly);
      cut.destroyForcibly();
    }

    assertThat(cut.exitValue()).isNotZero();
    String goOn = "./kfac train --resume " + folder.resolve(name) + " --local-workers 2";
    assertThat(said(name).lines().filter(line -> line.contains("kfac: error: ")))
        .singleElement()
        .asString()
        .contains("lost worker %d of 2 (127.0.0.1:".formatted(lost))
        .endsWith("; to continue: " + goOn);
    Process resumed =
        started(
            "resumed-" + signal,
            List.of("train", "--resume", folder.resolve(name).toString(), "--local-workers=2"));
    assertThat(resumed.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(resumed.exitValue()).as(said("resumed-" + signal)).isZero();
    String last = "checkpoints/step-%08d".formatted(EPOCHS * STEPS_PER_EPOCH);
    try (Stream<Path> files = Files.list(folder.resolve("whole").resolve(last))) {
      assertThat(files)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(folder.resolve(name).resolve(last).resolve(file.getFileName()))
                      .hasSameBinaryContentAs(file));
    }
  }

  @Test
  void aWorkerThatIsStoppedBeforeTheFirstStepEndsTheOthersToo()
      throws IOException, InterruptedException {
    // TensorFlow's time limit does not end the comparison in which the other one waits for it.
    String addresses = String.join(",", WorkersTrainTest.addresses(2));
    List<Process> workers = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        List<String> arguments = new ArrayList<>(train("halts"));
        arguments.remove("--local-workers=2");
        arguments.remove("--step-timeout=30");
        arguments.addAll(List.of("--step-timeout=5", "--workers=" + addresses, "--worker=" + i));
        workers.add(started("worker-" + i, arguments));
      }
      while (workers.get(0).isAlive() && !Files.exists(folder.resolve("halts"))) {
        Thread.sleep(5);
      }
      send("STOP", workers.get(0).toHandle());

      assertThat(workers.get(1).waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(workers.get(1).exitValue()).isNotZero();
      assertThat(said("worker-1").lines().filter(line -> line.contains("kfac: error: ")))
          .singleElement()
          .asString()
          .contains("lost worker 0 of 2 (127.0.0.1:", "no answer", "; to continue: ");
    } finally {
      workers.forEach(Process::destroyForcibly);
    }
  }

  @Test
  void sigtermStopsAllAndSavesTheRun() throws IOException, InterruptedException {
    Process process = started("ends", train("ends"));
    while (process.isAlive() && !Files.exists(folder.resolve("ends/checkpoints"))) {
      Thread.sleep(20);
    }
    send("TERM", process.toHandle());

    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said("ends")).isNotZero();
    assertThat(said("ends")).contains("interrupted after step ").doesNotContain("kfac: error");
  }

  @Test
  void aWorkerThatIsStoppedAfterTheOthersEndedIsLost() throws IOException {
    Process ended = new ProcessBuilder("true").start();
    Process stopped = new ProcessBuilder("sleep", "100").start();
    try {
      assertThatThrownBy(() -> workers(1).worstExitCode(List.of(stopped, ended)))
          .isInstanceOf(WorkerLostException.class)
          .hasMessageContaining("lost worker 0 of 2: it has used no processor time for 1 s");
    } finally {
      stopped.destroyForcibly();
    }
  }

  @Test
  void aWorkerThatStillWorksIsWaitedFor() throws IOException {
    Process ended = new ProcessBuilder("true").start();
    String counting = "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done; exit 3";
    Process works = new ProcessBuilder("sh", "-c", counting).start();

    assertThat(workers(3).worstExitCode(List.of(works, ended))).isEqualTo(3);
  }

  private static LocalWorkers workers(int limitSeconds) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return new LocalWorkers(
        new Console(nowhere, nowhere, false), 2, Duration.ofSeconds(limitSeconds));
  }

  private static List<String> train(String name) {
    return List.of(
        "train",
        "--model=mlp",
        "--image-size=8",
        "--train-images=64",
        "--test-images=32",
        "--batch=16",
        "--epochs=" + EPOCHS,
        "--eval-every=20",
        "--checkpoint-every=2",
        "--threads=1",
        "--step-timeout=30",
        "--local-workers=2",
        "--runs=" + folder,
        "--name=" + name);
  }

  private static Process started(String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Djava.awt.headless=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private static String said(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".log"));
  }

  /** The parent starts them in their order. */
  private static ProcessHandle worker(Process parent, int index) {
    return parent
        .children()
        .sorted(Comparator.comparing(ProcessHandle::pid))
        .skip(index)
        .findFirst()
        .orElseThrow();
  }

  private static void send(String signal, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
