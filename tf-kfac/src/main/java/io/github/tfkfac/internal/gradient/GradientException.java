package io.github.tfkfac.internal.gradient;

import java.io.Serial;

/** A derivative that cannot be built; the message is one line with the operation and a way out. */
public final class GradientException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  GradientException(String message) {
    super(message);
  }
}
