package io.github.tfkfac.tools.error;

/** Bad input from the user: its message is shown as one line and the program ends with code 2. */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
