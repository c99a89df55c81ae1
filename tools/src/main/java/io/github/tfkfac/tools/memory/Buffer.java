package io.github.tfkfac.tools.memory;

/** Memory that outputs of operations share, from the time it is made until nobody needs it. */
final class Buffer {

  final String owner;
  final long bytes;
  final int born;
  private int uses;
  private int freed = Integer.MAX_VALUE;

  /**
   * New memory without readers.
   *
   * @param born operations that ran before
   */
  Buffer(String owner, long bytes, int born) {
    this.owner = owner;
    this.bytes = bytes;
    this.born = born;
  }

  /** Readers to come, and holders such as a variable. */
  int uses() {
    return uses;
  }

  void use(int more) {
    uses += more;
  }

  /**
   * Gives up some uses.
   *
   * @return bytes that become free
   */
  long release(int count, int time) {
    uses -= count;
    if (uses > 0 || freed < Integer.MAX_VALUE) {
      return 0;
    }
    freed = time;
    return bytes;
  }

  boolean isAlive(int time) {
    return born <= time && time < freed;
  }
}
