package io.github.tfkfac.models.train;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks a training that runs in another thread to stop: it finishes its step, saves a checkpoint and
 * returns.
 */
public final class StopSignal {

  private final AtomicBoolean requested = new AtomicBoolean();

  /** Requests the stop; may be called by any thread, any number of times. */
  public void request() {
    requested.set(true);
  }

  public boolean isRequested() {
    return requested.get();
  }
}
