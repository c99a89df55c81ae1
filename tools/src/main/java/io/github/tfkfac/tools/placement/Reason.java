package io.github.tfkfac.tools.placement;

/** Reason why an operation is where it is. */
public enum Reason {
  /** The best device that has a kernel. */
  KERNEL("no GPU kernel for these types"),
  /** Its values come from the program. */
  FED("fed by the program"),
  /** It shares a variable or a place with an operation that has no GPU kernel. */
  TOGETHER("placed with an operation that has no GPU kernel"),
  /** It has no inputs, and what reads it is there. */
  WITH_READERS("placed with its readers"),
  /** It asks for a shape, and its input is there. */
  WITH_INPUT("placed with its input"),
  /** The graph names the CPU. */
  REQUESTED("the graph asks for the CPU"),
  /** It has no kernel of its own. */
  NO_KERNEL("no kernel at all, such as a call of a function");

  private final String onCpu;

  Reason(String onCpu) {
    this.onCpu = onCpu;
  }

  /** For people, of an operation on the CPU. */
  public String onCpu() {
    return onCpu;
  }
}
