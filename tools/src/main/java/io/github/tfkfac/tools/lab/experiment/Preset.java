package io.github.tfkfac.tools.lab.experiment;

import java.util.Locale;

/** Size of an experiment. */
public enum Preset {
  /** As the paper describes it. */
  PAPER,
  /** The same code on a small task, done in minutes on two cores. */
  SMALL;

  /** As it is written on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
