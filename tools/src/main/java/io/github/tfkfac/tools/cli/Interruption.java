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
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final AtomicBoolean requested = new AtomicBoolean();
  private final CountDownLatch saved = new CountDownLatch(1);
  private final Thread hook = new Thread(this::request, "interruption");

  private Interruption() {}

  /** Starts to listen; close it when the work is saved. */
  public static Interruption listen() {
    Interruption interruption = new Interruption();
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
