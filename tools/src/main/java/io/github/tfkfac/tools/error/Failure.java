package io.github.tfkfac.tools.error;

import io.github.tfkfac.CheckpointException;
import io.github.tfkfac.ClusterException;
import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.detection.coco.CocoFormatException;
import io.github.tfkfac.models.data.DataException;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.train.TrainingDivergedException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * Report of an exception to the user: a line, or one for each fault of a file, and an exit code.
 *
 * @param lines without a stack trace
 * @param exitCode {@link #BAD_INPUT} or {@link #FAILED}
 */
public record Failure(List<String> lines, int exitCode) {
  /** Everything that is not the user's input. */
  public static final int FAILED = 1;

  /** Options, files or names the user can correct. */
  public static final int BAD_INPUT = 2;

  public Failure {
    lines = lines.stream().map(line -> line.strip().replaceAll("\\s*\\R\\s*", " ")).toList();
  }

  /** With one line. */
  public Failure(String line, int exitCode) {
    this(List.of(line), exitCode);
  }

  /** The first line. */
  public String line() {
    return lines.get(0);
  }

  /** Writes the lines; returns the exit code. */
  public int tell(PrintWriter err) {
    lines.forEach(line -> err.println("kfac: error: " + line));
    return exitCode;
  }

  /** Describes {@code thrown}; wrappers that add nothing are looked through. */
  public static Failure of(Throwable thrown) {
    Throwable cause = thrown;
    while (isWrapper(cause) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    List<String> lines =
        cause instanceof CocoFormatException format ? format.lines() : List.of(text(cause));
    return new Failure(
        lines, isBadInput(cause) || cause instanceof FileSystemException ? BAD_INPUT : FAILED);
  }

  private static boolean isWrapper(Throwable thrown) {
    boolean saysMore =
        !(thrown.getCause() instanceof FileSystemException)
            && !String.valueOf(thrown.getMessage()).equals(String.valueOf(thrown.getCause()));
    return thrown instanceof ExecutionException
        || (thrown instanceof UncheckedIOException && !saysMore);
  }

  /** Messages of our own are whole sentences; those of others need the exception's name. */
  private static boolean isOwn(Throwable thrown) {
    return isBadInput(thrown)
        || thrown instanceof UncheckedIOException
        || thrown instanceof TrainingDivergedException
        || thrown instanceof WorkerLostException;
  }

  private static boolean isBadInput(Throwable thrown) {
    return thrown instanceof UserError
        || thrown instanceof DataException
        || thrown instanceof CheckpointException
        || thrown instanceof ClusterException
        || thrown instanceof SavedModelException
        || thrown instanceof CocoFormatException
        || (thrown instanceof IllegalArgumentException && !isTensorFlow(thrown));
  }

  /** Some of its exceptions are IllegalArgumentExceptions, about kernels rather than options. */
  private static boolean isTensorFlow(Throwable thrown) {
    return thrown.getClass().getName().startsWith("org.tensorflow.");
  }

  private static String text(Throwable thrown) {
    if (thrown instanceof NoSuchFileException file) {
      return "no such file or folder: " + file.getFile();
    }
    if (thrown instanceof AccessDeniedException file) {
      return "no permission for " + file.getFile();
    }
    if (thrown instanceof FileAlreadyExistsException file) {
      return "already there: " + file.getFile();
    }
    if (thrown instanceof NotDirectoryException file) {
      return "not a folder: " + file.getFile();
    }
    if (thrown instanceof FileSystemException file && file.getReason() != null) {
      return "cannot read or write " + file.getFile() + ": " + file.getReason();
    }
    if (thrown instanceof UnsupportedLayerException rejected) {
      return rejected.problem() + "; skip the layer with --skip-layers '" + rejected.layer() + "'";
    }
    if (thrown instanceof OutOfMemoryError) {
      return "out of memory ("
          + thrown.getMessage()
          + "); use a smaller batch, or a larger heap with KFAC_JAVA_OPTS=-Xmx8g";
    }
    if (thrown instanceof LinkageError) {
      return "a library did not load: " + thrown + "; './kfac doctor' shows what is missing";
    }
    return Optional.ofNullable(thrown.getMessage())
        .filter(message -> !message.isBlank())
        .map(
            message -> isOwn(thrown) ? message : thrown.getClass().getSimpleName() + ": " + message)
        .orElse(thrown.getClass().getSimpleName() + " without a message; see --stacktrace");
  }
}
