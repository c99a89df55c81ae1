package io.github.tfkfac.models.data;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A data file or folder that cannot be used; the message is one line for the person who gave it.
 */
public final class DataException extends RuntimeException {

  private DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A problem of the content of a file or folder. */
  public static DataException of(Path where, String expected, String found, String remedy) {
    return new DataException(message(where, expected, found, remedy), null);
  }

  /** A problem that showed as another exception. */
  public static DataException of(
      Path where, String expected, String found, String remedy, Throwable cause) {
    return new DataException(message(where, expected, found, remedy), cause);
  }

  private static String message(Path where, String expected, String found, String remedy) {
    return where + ": expected " + expected + ", found " + found + "; " + remedy;
  }
}
