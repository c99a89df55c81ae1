package io.github.tfkfac.tools.lab.bench;

/** Steps by what is due in them. */
public enum ScalingStep {
  PLAIN("plain step"),
  STATISTICS("with statistics"),
  REFRESH("with statistics and refresh");

  private final String label;

  ScalingStep(String label) {
    this.label = label;
  }

  /** As in tables. */
  public String label() {
    return label;
  }

  /** A step's number at which this is due. */
  long number(long statisticsPeriod, long inversePeriod) {
    return switch (this) {
      case PLAIN -> 1;
      case STATISTICS -> statisticsPeriod;
      case REFRESH -> inversePeriod;
    };
  }
}
