package io.github.tfkfac.tools.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Output streams of a command.
 *
 * @param out results
 * @param err progress and errors
 * @param terminal whether {@code err} is a terminal that can redraw a line
 */
public record Console(PrintWriter out, PrintWriter err, boolean terminal) {
  /** Set by the launcher, which can ask the shell; Java 17 cannot tell for one stream alone. */
  public static final String TERMINAL_PROPERTY = "kfac.terminal";

  /** Width of the terminal, set by the launcher. */
  public static final String COLUMNS_PROPERTY = "kfac.columns";

  /** Number of the descriptor for lines of the program, set by the launcher. */
  public static final String ERRORS_PROPERTY = "kfac.stderr";

  private static final int NONE = -1;
  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 40;

  /** Width of the terminal; 80 if nobody gives a usable one. */
  public static int columns() {
    int columns = Integer.getInteger(COLUMNS_PROPERTY, USUAL_COLUMNS);
    return columns < FEWEST_COLUMNS ? USUAL_COLUMNS : columns;
  }

  /** The process's own streams. */
  public static Console system() {
    ownErrors().ifPresent(System::setErr);
    return new Console(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean(TERMINAL_PROPERTY));
  }

  /** The stream past the filter of TensorFlow's log lines, if the launcher opened one. */
  private static Optional<PrintStream> ownErrors() {
    int number = Integer.getInteger(ERRORS_PROPERTY, NONE);
    if (number == NONE) {
      return Optional.empty();
    }
    try {
      Constructor<FileDescriptor> ofNumber = FileDescriptor.class.getDeclaredConstructor(int.class);
      ofNumber.setAccessible(true);
      return Optional.of(
          new PrintStream(
              new FileOutputStream(ofNumber.newInstance(number)), true, StandardCharsets.UTF_8));
    } catch (ReflectiveOperationException | InaccessibleObjectException closed) {
      return Optional.empty(); // System.err then takes both
    }
  }
}
