package io.github.tfkfac.detection.coco;

/**
 * Something wrong with a data set or results.
 *
 * @param kind what sort of problem
 * @param where the entry, such as {@code annotation 17}; empty for the file as a whole
 * @param text what was expected, what was found, and the remedy
 */
public record Problem(Kind kind, String where, String text) {

  /** Severity of a problem. */
  public enum Severity {
    /** The entry cannot be used. */
    ERROR,
    /** The entry can be used, but probably does not mean what its author thinks. */
    WARNING
  }

  /** Kind of a problem; its severity can depend on the {@link DatasetUse}. */
  public enum Kind {
    /** Content behind the end of the document, a list that is missing or given twice. */
    BAD_FILE(Severity.ERROR),
    MISSING_FIELD(Severity.ERROR),
    WRONG_VALUE(Severity.ERROR),
    DUPLICATE_ID(Severity.ERROR),
    UNKNOWN_IMAGE(Severity.ERROR),
    UNKNOWN_CATEGORY(Severity.ERROR),
    BAD_POLYGON(Severity.ERROR),
    BAD_RUN_LENGTHS(Severity.ERROR),
    NO_OUTLINE(Severity.ERROR),
    MISSING_FILE(Severity.ERROR),
    UNREADABLE_FILE(Severity.ERROR),
    EMPTY_BOX(Severity.ERROR),
    /** Parts of a data set give an id to different categories. */
    CATEGORY_MISMATCH(Severity.ERROR),
    /** An image or category is listed again with the same values. */
    REPEATED_ENTRY(Severity.WARNING),
    /** Missing or wrong, but an evaluation continues, as the reference does. */
    TOLERATED(Severity.WARNING),
    BOX_OUTSIDE(Severity.WARNING),
    AREA_MISMATCH(Severity.WARNING),
    ID_ZERO(Severity.WARNING),
    EMPTY_CATEGORY(Severity.WARNING);

    private final Severity severity;

    Kind(Severity severity) {
      this.severity = severity;
    }

    /** Severity where everything that the file states is used. */
    public Severity severity() {
      return severity;
    }

    /** Whether it concerns an outline or a mask alone. */
    boolean ofOutline() {
      return this == BAD_POLYGON || this == BAD_RUN_LENGTHS || this == NO_OUTLINE;
    }
  }

  /** The same where it does not prevent an evaluation. */
  Problem tolerated() {
    return new Problem(Kind.TOLERATED, where, text);
  }

  /** One line. */
  public String line() {
    return where.isEmpty() ? text : where + ": " + text;
  }
}
