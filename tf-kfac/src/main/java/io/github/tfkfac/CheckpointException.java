package io.github.tfkfac;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint cannot be read, written or used; the message is one line that says which and why.
 */
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With a message for people. */
  public CheckpointException(String message) {
    this(message, null);
  }

  /** With a message for people and what lies behind it. */
  public CheckpointException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
