package io.github.tfkfac.models.train;

/** Frequency of an action during a run, in addition to the one at its end. */
public sealed interface Period {

  /** After every {@code count} epochs. */
  static Period epochs(int count) {
    return new Epochs(count);
  }

  /** After every {@code count} training steps. */
  static Period steps(long count) {
    return new Steps(count);
  }

  /** At the end of the run alone. */
  static Period atTheEnd() {
    return new AtTheEnd();
  }

  /** Whether the step that led to {@code progress} completed a period. */
  boolean due(Progress progress);

  /** After every {@code count} epochs. */
  record Epochs(int count) implements Period {

    public Epochs {
      requirePositive("epochs", count);
    }

    @Override
    public boolean due(Progress progress) {
      return progress.after().epoch() / count > progress.before().epoch() / count;
    }
  }

  /** After every {@code count} training steps. */
  record Steps(long count) implements Period {

    public Steps {
      requirePositive("steps", count);
    }

    @Override
    public boolean due(Progress progress) {
      return progress.step() % count == 0;
    }
  }

  /** At the end of the run alone. */
  record AtTheEnd() implements Period {

    @Override
    public boolean due(Progress progress) {
      return false;
    }
  }

  private static void requirePositive(String unit, long count) {
    if (count <= 0) {
      throw new IllegalArgumentException("expected a period of > 0 " + unit + ", found " + count);
    }
  }
}
