package io.github.tfkfac.detection.coco;

/**
 * Something wrong with a data set or results.
 *
 * @param kind what sort of problem
 * @param where the entry, such as {@code annotation 17}
 * @param text what was expected, what was found, and the remedy
 */
public record Problem(Kind kind, String where, String text) {

  /** How bad a problem is. */
  public enum Severity {
    /** The entry cannot be used. */
    ERROR,
    /** The entry can be used, but probably does not mean what its author thinks. */
    WARNING
  }

  /** What sort of problem. */
  public enum Kind {
    MISSING_FIELD(Severity.ERROR),
    WRONG_VALUE(Severity.ERROR),
    DUPLICATE_ID(Severity.ERROR),
    UNKNOWN_IMAGE(Severity.ERROR),
    UNKNOWN_CATEGORY(Severity.ERROR),
    BAD_POLYGON(Severity.ERROR),
    BAD_RUN_LENGTHS(Severity.ERROR),
    MISSING_FILE(Severity.ERROR),
    UNREADABLE_FILE(Severity.ERROR),
    EMPTY_BOX(Severity.ERROR),
    BOX_OUTSIDE(Severity.WARNING),
    AREA_MISMATCH(Severity.WARNING),
    ID_ZERO(Severity.WARNING),
    EMPTY_CATEGORY(Severity.WARNING);

    private final Severity severity;

    Kind(Severity severity) {
      this.severity = severity;
    }

    /** How bad it is. */
    public Severity severity() {
      return severity;
    }
  }

  /** One line. */
  public String line() {
    return where + ": " + text;
  }
}
