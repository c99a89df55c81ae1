package io.github.tfkfac.tools.memory;

/**
 * Input of an operation: an output of another, or only its completion.
 *
 * @param operation name of the other
 * @param index of its output; {@value #CONTROL} for its completion
 */
record Source(String operation, int index) {

  private static final int CONTROL = -1;

  /** Reads {@code name}, {@code name:1} or {@code ^name}. */
  static Source parse(String text) {
    if (text.startsWith("^")) {
      return new Source(text.substring(1), CONTROL);
    }
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? new Source(text, 0)
        : new Source(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  boolean isControl() {
    return index == CONTROL;
  }
}
