package io.github.tfkfac;

import org.jspecify.annotations.Nullable;

/**
 * A run failed because another worker has ended, hangs or cannot be reached; the message is one
 * line that names it. What remains is to end all workers and to start them from a checkpoint.
 */
public final class WorkerLostException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With a message for people and what lies behind it. */
  public WorkerLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
