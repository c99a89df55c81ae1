package io.github.tfkfac.tools.lab.bench;

/** Times pieces of work. */
final class Stopwatch {
  private static final double NANOS_PER_MILLISECOND = 1e6;

  private Stopwatch() {}

  static double milliseconds(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / NANOS_PER_MILLISECOND;
  }
}
