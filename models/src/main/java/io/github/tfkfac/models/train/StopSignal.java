package io.github.tfkfac.models.train;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Asks a training that runs in another thread to stop: it finishes its step, saves a checkpoint and
 * returns.
 */
public final class StopSignal {

  private final AtomicBoolean requested = new AtomicBoolean();
  private final BooleanSupplier elsewhere;

  /** A signal that {@link #request} alone gives. */
  public StopSignal() {
    this(() -> false);
  }

  /** A signal that may also come from elsewhere, where it is looked for at every question. */
  StopSignal(BooleanSupplier elsewhere) {
    this.elsewhere = elsewhere;
  }

  /** Requests the stop; may be called by any thread, any number of times. */
  public void request() {
    requested.set(true);
  }

  /** Whether somebody asked to stop. */
  public boolean isRequested() {
    return requested.get() || elsewhere.getAsBoolean();
  }
}
