package io.github.tfkfac;

import org.jspecify.annotations.Nullable;

/** A cluster cannot be described, joined or used; the message is one line that says why. */
public final class ClusterException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With a message for people. */
  public ClusterException(String message) {
    this(message, null);
  }

  /** With a message for people and what lies behind it. */
  public ClusterException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
