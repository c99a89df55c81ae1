package io.github.tfkfac.detection.coco;

import java.util.Arrays;

/** Makes run lengths of ranges of set pixels; ranges that touch or overlap become one run. */
final class RunBuilder {
  private int[] counts = new int[16];
  private int size;
  private int end;

  /** Adds the pixels from {@code from}, not before that of any earlier call, to {@code to}. */
  void add(int from, int to) {
    if (to <= from || to <= end) {
      return;
    }
    if (size > 0 && from <= end) {
      counts[size - 1] += to - end;
    } else {
      append(from - end);
      append(to - from);
    }
    end = to;
  }

  private void append(int count) {
    if (size == counts.length) {
      counts = Arrays.copyOf(counts, 2 * size);
    }
    counts[size++] = count;
  }

  /** The lengths for a mask of that many pixels. */
  int[] counts(int pixels) {
    if (end < pixels) {
      append(pixels - end);
      end = pixels;
    }
    return Arrays.copyOf(counts, size);
  }
}
