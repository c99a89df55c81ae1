package io.github.tfkfac.tools.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Workers that this process starts on this machine, by running its own command once more for each.
 *
 * @param console where they write; lines of all but the first are marked
 * @param count how many
 * @param limit how long one may use no processor time after another has ended; before that they
 *     watch each other
 */
record LocalWorkers(Console console, int count, Duration limit) {

  /** First of the words after a worker's command line as it was typed. */
  static final String ADDED = "--workers";

  /** Properties of this process that its children must not have. */
  private static final List<String> OWN =
      List.of("-Dkfac.stderr=", "-Dkfac.terminal=", "-agentlib:", "-javaagent:");

  /** For the others to notice by themselves that one has failed. */
  private static final long GRACE_SECONDS = 5;

  private static final long POLL_MILLISECONDS = 100;

  /** Exit codes of processes that were asked to end: Ctrl-C, SIGTERM. */
  private static final List<Integer> ASKED = List.of(130, 143);

  /**
   * Runs all to their end; if one fails, the others are ended.
   *
   * @param arguments the whole command line
   * @param threads whether it gives the number of threads
   * @return the worst of the exit codes
   */
  @SuppressWarnings("try") // the interruption is listened to by being open
  int run(List<String> arguments, boolean threads) throws IOException {
    String addresses = String.join(",", Cluster.localAddresses(count));
    WorkerOutput output = new WorkerOutput(console);
    List<Process> workers = new ArrayList<>();
    try (Interruption interruption =
        Interruption.listen(console, () -> workers.forEach(LocalWorkers::askToEnd))) {
      for (int i = 0; i < count; i++) {
        Process worker = start(arguments, threads, addresses, i);
        workers.add(worker);
        output.follow(worker, i);
      }
      int worst = worstExitCode(workers);
      output.finish();
      if (worst != 0 && !ASKED.contains(worst) && !output.toldError()) {
        console
            .err()
            .println(
                "kfac: error: a worker ended with exit code %d and said nothing; start again, with --resume if the run's folder is there"
                    .formatted(worst));
      }
      return worst;
    } finally {
      workers.forEach(Process::destroyForcibly);
    }
  }

  private Process start(List<String> arguments, boolean threads, String addresses, int index)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElseThrow(
                () ->
                    new UserError(
                        "this system does not tell how the program was started; start each worker with --workers and --worker")));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> OWN.stream().noneMatch(option::startsWith))
        .forEach(command::add);
    command.add("-D" + LocalParent.PROPERTY + "=" + count);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.github.tfkfac.tools.Main");
    command.addAll(arguments);
    command.addAll(List.of(ADDED, addresses, "--worker", Integer.toString(index)));
    if (!threads) {
      int share = Math.max(1, Runtime.getRuntime().availableProcessors() / count);
      command.add("--" + RunSettings.THREADS.name() + "=" + share);
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.remove(Cluster.VARIABLE);
    // TensorFlow writes pages about a lost worker; the program says it in a line.
    environment.merge(
        "TF_CPP_MIN_LOG_LEVEL", "3", (given, none) -> given.equals("2") ? "3" : given);
    return builder.start();
  }

  /**
   * Waits for processes; returns the worst exit code.
   *
   * @throws WorkerLostException if one is stopped or hangs after another has ended
   */
  int worstExitCode(List<Process> workers) {
    int worst = 0;
    List<Process> running = new ArrayList<>(workers);
    Map<Process, Idle> idle = new HashMap<>();
    long end = Long.MAX_VALUE;
    while (!running.isEmpty()) {
      for (Process worker : List.copyOf(running)) {
        if (worker.isAlive()) {
          continue;
        }
        running.remove(worker);
        int code = worker.exitValue();
        worst = Math.max(worst, code);
        if (code != 0 && !ASKED.contains(code)) {
          end = Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS));
        }
      }
      if (System.nanoTime() > end) {
        break; // what still runs is ended, and its exit code is not its own
      }
      if (worst == 0 && running.size() < workers.size()) {
        hung(running, idle).ifPresent(worker -> lose(workers.indexOf(worker)));
      }
      pause();
    }
    return worst;
  }

  /** One that has used no processor time for too long, as far as was seen. */
  private Optional<Process> hung(List<Process> running, Map<Process, Idle> idle) {
    for (Process worker : running) {
      Idle now = Idle.of(worker);
      Idle since = idle.getOrDefault(worker, now).since(now);
      idle.put(worker, since);
      if (since.lasts(limit)) {
        return Optional.of(worker);
      }
    }
    return Optional.empty();
  }

  private void lose(int worker) {
    throw new WorkerLostException(
        "lost worker %d of %d: it has used no processor time for %d s; start again, with --resume if the run is not complete"
            .formatted(worker, count, limit.toSeconds()),
        null);
  }

  /**
   * Processor time that a process has used and has not added to since.
   *
   * @param used by then
   * @param at when, in nanoseconds
   */
  private record Idle(Optional<Duration> used, long at) {

    static Idle of(Process process) {
      return new Idle(process.info().totalCpuDuration(), System.nanoTime());
    }

    Idle since(Idle now) {
      return used.isPresent() && used.equals(now.used) ? this : now;
    }

    boolean lasts(Duration limit) {
      return System.nanoTime() - at > limit.toNanos();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for workers", e);
    }
  }

  private static void askToEnd(Process worker) {
    try {
      worker.getOutputStream().close();
    } catch (IOException gone) {
      // it has ended
    }
  }
}
