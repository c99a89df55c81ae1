package io.github.tfkfac.tools.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C as a question a long loop asks: after the signal the loop has a moment to save its work;
 * the process then ends with code 130 (the JVM's own code for it).
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {
  /** Exit code of an interrupted program. */
  public static final int EXIT_CODE = 130;

  private static final Duration GRACE = Duration.ofSeconds(60);

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "interruption");

  private final Runnable whenRequested;

  private Interruption(Runnable whenRequested) {
    this.whenRequested = whenRequested;
  }

  /** Starts to listen; close it when the work is saved. */
  public static Interruption listen() {
    return listen(() -> {});
  }

  /**
   * Starts to listen; close it when the work is saved.
   *
   * @param whenRequested called once, by another thread, at the signal
   */
  public static Interruption listen(Runnable whenRequested) {
    Interruption interruption = new Interruption(whenRequested);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Whether to stop at the next opportunity. */
  @Override
  public boolean getAsBoolean() {
    return requested.get();
  }

  @Override
  public void close() {
    saved.countDown();
    if (!requested.get()) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        requested.set(true);
      }
    }
  }

  private void request() {
    requested.set(true);
    whenRequested.run();
    try {
      boolean inTime = saved.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
      if (!inTime) {
        System.err.println("kfac: stopped before the work was saved");
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
