package io.github.tfkfac.tools.worker;

import io.github.tfkfac.tools.cli.Console;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Output of workers on one console: that of worker 0 as it is, that of the others marked. What
 * several workers say alike, such as which other one is lost, is said once.
 */
final class WorkerOutput {

  private static final String ERROR = "kfac: error: ";
  private static final String OWN = "kfac: ";

  /** Lines of TensorFlow about exchanges; what they mean the program says itself. */
  private static final Pattern NATIVE =
      Pattern.compile(
          "^(\\d{4}-\\d\\d-\\d\\d [0-9:.]+: [IWE] |[IWE]\\d{4} [0-9:.]+ +\\d+ |WARNING: All log messages before absl)");

  private final Console console;
  private final List<Thread> readers = new ArrayList<>();
  private final Set<String> told = new HashSet<>();
  private boolean toldError;

  WorkerOutput(Console console) {
    this.console = console;
  }

  /** Passes on what a worker writes, until it ends. */
  void follow(Process worker, int index) {
    String mark = index == 0 ? "" : "[worker " + index + "] ";
    read(worker.getInputStream(), console.out(), mark);
    read(worker.getErrorStream(), console.err(), mark);
  }

  private void read(InputStream from, PrintWriter to, String mark) {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  pass(line, to, mark);
                }
              } catch (IOException ended) {
                // with its process
              }
            },
            "worker-output");
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }

  private synchronized void pass(String line, PrintWriter to, String mark) {
    if (NATIVE.matcher(line).find() || (line.startsWith(OWN) && !told.add(line))) {
      return;
    }
    toldError |= line.startsWith(ERROR);
    to.println(mark + line);
    to.flush();
  }

  /** Whether one of them said why it failed. */
  synchronized boolean toldError() {
    return toldError;
  }

  /** Waits for the last lines of those that have ended. */
  void finish() {
    for (Thread reader : readers) {
      try {
        reader.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
