package io.github.tfkfac.tools.memory;

/** Scheduling order of the operations that are ready. */
public enum Order {
  /** The one that waits longest, which keeps independent parts of a graph going side by side. */
  OLDEST,
  /** The one that became ready last, which follows a path to its end. */
  NEWEST
}
