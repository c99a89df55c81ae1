package io.github.tfkfac.tools.run;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Confusion matrix: numbers of images by true and predicted class. */
public final class ConfusionMatrix {
  private final List<String> classes;
  private final long[][] counts;

  /** An empty matrix of these classes. */
  public ConfusionMatrix(List<String> classes) {
    this.classes = List.copyOf(classes);
    this.counts = new long[classes.size()][classes.size()];
  }

  /** Counts one image. */
  public void add(int actual, int predicted) {
    counts[actual][predicted]++;
  }

  /** Names of the classes. */
  public List<String> classes() {
    return classes;
  }

  /** Images of a class. */
  public long images(int actual) {
    return LongStream.of(counts[actual]).sum();
  }

  /** Images of a class that were taken for it. */
  public long correct(int actual) {
    return counts[actual][actual];
  }

  /** All images. */
  public long images() {
    return IntStream.range(0, classes.size()).mapToLong(this::images).sum();
  }

  /** All images that were classified correctly. */
  public long correct() {
    return IntStream.range(0, classes.size()).mapToLong(this::correct).sum();
  }

  /** Images of one class that were taken for another. */
  public long count(int actual, int predicted) {
    return counts[actual][predicted];
  }

  /** The wrong class that a class's images are most often taken for, the first of equals. */
  public OptionalInt mostFrequentError(int actual) {
    int most = -1;
    for (int other = 0; other < classes.size(); other++) {
      if (other != actual
          && counts[actual][other] > 0
          && (most < 0 || counts[actual][other] > counts[actual][most])) {
        most = other;
      }
    }
    return most < 0 ? OptionalInt.empty() : OptionalInt.of(most);
  }
}
