package io.github.tfkfac.tools.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where a command writes.
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

  private static final int USUAL_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 40;

  /** Width of the terminal; 80 if nobody gives a usable one. */
  public static int columns() {
    int columns = Integer.getInteger(COLUMNS_PROPERTY, USUAL_COLUMNS);
    return columns < FEWEST_COLUMNS ? USUAL_COLUMNS : columns;
  }

  /** The process's own streams. */
  public static Console system() {
    return new Console(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Boolean.getBoolean(TERMINAL_PROPERTY));
  }
}
