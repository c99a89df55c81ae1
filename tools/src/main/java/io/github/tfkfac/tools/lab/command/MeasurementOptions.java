package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.models.train.SessionThreads;
import picocli.CommandLine.Option;

/** Options of every measurement. */
final class MeasurementOptions {
  @Option(
      names = "--threads",
      paramLabel = "COUNT",
      description = "Threads; 0 leaves the choice to TensorFlow (default: ${DEFAULT-VALUE}).")
  int threads;

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  SessionThreads sessionThreads() {
    return new SessionThreads(threads, threads);
  }
}
