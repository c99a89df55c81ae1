package io.github.tfkfac.detection.arch;

/** Argument checks that settings share. */
final class Require {

  private Require() {}

  static void positive(String what, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(
          "expected a positive number as " + what + ", found " + value);
    }
  }

  static void share(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("expected 0 <= " + what + " <= 1, found " + value);
    }
  }
}
