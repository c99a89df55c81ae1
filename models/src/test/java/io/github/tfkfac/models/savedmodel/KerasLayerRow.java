package io.github.tfkfac.models.savedmodel;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A row of the table of Keras layers.
 *
 * @param name what the model is made of
 * @param loads whether the model opens
 * @param output whether it computes what stock TensorFlow does
 * @param gradient whether its gradient is that of stock TensorFlow
 * @param captured what K-FAC does with the variables
 * @param plainKernels kernels trained without preconditioning
 */
record KerasLayerRow(
    String name, Cell loads, Cell output, Cell gradient, Cell captured, int plainKernels) {

  /** Verdict of a cell. */
  enum Verdict {
    /** As it should be. */
    RIGHT,
    /** Rejected in one line of the library. */
    REJECTED,
    /** Values that differ from the reference. */
    WRONG,
    /** A variable that is not trained though the loss depends on it. */
    LOST,
    /** A message of TensorFlow or Java. */
    RAW,
    /** Keras or stock TensorFlow has no such model, or an earlier cell ended the row. */
    NONE
  }

  /**
   * A cell.
   *
   * @param verdict what it amounts to
   * @param text what the table says
   */
  record Cell(Verdict verdict, String text) {

    private static final int LONGEST = 400;

    static final Cell NONE = new Cell(Verdict.NONE, "–");

    static Cell right(String text) {
      return new Cell(Verdict.RIGHT, text);
    }

    /**
     * An error, which is a rejection if the library made it and it is one line.
     *
     * @param folder the model's, which the text calls MODEL
     */
    static Cell of(RuntimeException error, Path folder) {
      String message = String.valueOf(error.getMessage()).replace(folder.toString(), "MODEL");
      String name = error.getClass().getName();
      StackTraceElement[] trace = error.getStackTrace();
      boolean foreign =
          name.startsWith("org.tensorflow")
              || trace.length == 0
              || !trace[0].getClassName().startsWith("io.github.tfkfac")
              || message.lines().count() != 1
              || message.contains("tensorflow.org/code");
      String line = message.lines().findFirst().orElse("");
      return foreign
          ? new Cell(
              Verdict.RAW, "**raw** " + error.getClass().getSimpleName() + ": " + shortened(line))
          : new Cell(Verdict.REJECTED, "rejected: " + shortened(line));
    }

    private static String shortened(String line) {
      String plain = line.replace("|", "\\|");
      return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
    }
  }

  /** A relative error as the table shows it. */
  static String figure(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }

  /** Whether a cell of the row has a verdict. */
  boolean has(Verdict verdict) {
    return loads.verdict() == verdict
        || output.verdict() == verdict
        || gradient.verdict() == verdict
        || captured.verdict() == verdict;
  }

  /** Whether output and gradient are those of stock TensorFlow. */
  boolean isRight() {
    return output.verdict() == Verdict.RIGHT && gradient.verdict() == Verdict.RIGHT;
  }

  /** Whether the model or its gradient is rejected in one line and nothing is wrong before that. */
  boolean isRejected() {
    return loads.verdict() == Verdict.REJECTED
        || (gradient.verdict() == Verdict.REJECTED && output.verdict() == Verdict.RIGHT);
  }

  /** The row of the table, without its number. */
  String markdown() {
    return String.join(
        " | ", name, loads.text(), output.text(), gradient.text(), captured.text() + " |");
  }
}
