package io.github.tfkfac.tools.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Ctrl-C or SIGTERM as a question a long loop asks: after the signal the loop finishes its step,
 * however long that takes, and saves its work; the program then ends with {@link #exitCode}. A
 * second signal ends the process at once.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {

  private static final int SIGINT = 2;

  /** The last signal of the process; the program ends with it. */
  private static final AtomicInteger LAST = new AtomicInteger(SIGINT);

  private final AtomicInteger requests = new AtomicInteger();
  private final CountDownLatch saved = new CountDownLatch(1);
  private final Consumer<String> lines;
  private final Runnable whenRequested;
  private final Optional<ProcessSignals> signals;
  private final Thread hook = new Thread(this::waitForTheWork, "interruption");

  private Interruption(Consumer<String> lines, Runnable whenRequested) {
    this.lines = lines;
    this.whenRequested = whenRequested;
    this.signals = handled();
    if (signals.isEmpty()) {
      Runtime.getRuntime().addShutdownHook(hook);
    }
  }

  private Optional<ProcessSignals> handled() {
    try {
      return Optional.of(ProcessSignals.handle(this::signaled));
    } catch (ReflectiveOperationException | IllegalArgumentException none) {
      return Optional.empty(); // the JVM keeps its signals to itself; it then runs the hook
    }
  }

  /**
   * Starts to listen; close it when the work is saved.
   *
   * @param lines is told what the signal does, by another thread
   * @param whenRequested called once, by another thread, at the signal
   */
  public static Interruption listen(Consumer<String> lines, Runnable whenRequested) {
    return new Interruption(lines, whenRequested);
  }

  /** Starts to listen, with what a signal does on the console. */
  public static Interruption listen(Console console, Runnable whenRequested) {
    return listen(
        line -> {
          console.err().println((console.terminal() ? "\r\u001b[K" : "") + "kfac: " + line);
          console.err().flush();
        },
        whenRequested);
  }

  /**
   * Makes a signal end the program at once while nothing {@linkplain #listen listens}: the JVM's
   * own handling would tear down what native threads are computing with.
   */
  public static void endWithoutWork() {
    try {
      ProcessSignals.handle(ProcessSignals::end);
    } catch (ReflectiveOperationException | IllegalArgumentException none) {
      // the JVM keeps its signals to itself and ends by the usual way
    }
  }

  /** Exit code of an interrupted program: 130 after Ctrl-C, 143 after SIGTERM. */
  public static int exitCode() {
    return ProcessSignals.SIGNALED + LAST.get();
  }

  /** Whether to stop at the next opportunity. */
  @Override
  public boolean getAsBoolean() {
    return requests.get() > 0;
  }

  @Override
  public void close() {
    saved.countDown();
    signals.ifPresent(ProcessSignals::close);
    if (signals.isEmpty() && requests.get() == 0) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        requests.incrementAndGet();
      }
    }
  }

  private void signaled(String name, int number) {
    LAST.set(number);
    if (requests.incrementAndGet() > 1) {
      ProcessSignals.end(name, number);
    }
    whenRequested.run();
    lines.accept(
        "SIG"
            + name
            + ": waiting for the step in progress, then the run is saved; a second signal ends the"
            + " program at once without saving");
  }

  private void waitForTheWork() {
    requests.incrementAndGet();
    whenRequested.run();
    try {
      saved.await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
