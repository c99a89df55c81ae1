package io.github.tfkfac.models.savedmodel;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A SavedModel that cannot be used; the message is one line for the person who gave it. */
public final class SavedModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private SavedModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A problem of a file or folder. */
  public static SavedModelException of(Path where, String expected, String found, String remedy) {
    return new SavedModelException(message(where.toString(), expected, found, remedy), null);
  }

  /** A problem that showed as another exception. */
  public static SavedModelException of(
      Path where, String expected, String found, String remedy, Throwable cause) {
    return new SavedModelException(message(where.toString(), expected, found, remedy), cause);
  }

  /** A problem of a model's graph. */
  public static SavedModelException of(String where, String expected, String found, String remedy) {
    return new SavedModelException(message(where, expected, found, remedy), null);
  }

  /**
   * Value of a step that relies on what a file says; whatever goes wrong because the file
   * contradicts itself is reported as its damage.
   *
   * @throws SavedModelException that of the step, or one that names the file
   */
  static <T> T reading(Path where, Supplier<T> step) {
    try {
      return step.get();
    } catch (SavedModelException known) {
      throw known;
    } catch (RuntimeException | StackOverflowError e) {
      String found = e.toString().lines().findFirst().orElse("");
      throw of(where, "a SavedModel", "damage (" + found + ")", "copy the model again", e);
    }
  }

  private static String message(String where, String expected, String found, String remedy) {
    return where + ": expected " + expected + ", found " + found + "; " + remedy;
  }
}
