package io.github.tfkfac.detection.coco;

import java.util.Arrays;

/** Walks over the runs of set pixels of a list of run lengths, empty ones left out. */
final class SetRuns {
  private final int[] counts;
  private int at = -1;
  private int from;
  private int to;

  private SetRuns(int[] counts) {
    this.counts = counts;
  }

  /** Before the first run. */
  static SetRuns of(int[] counts) {
    return new SetRuns(counts);
  }

  /** Goes to the next run; false if there is none. */
  boolean next() {
    do {
      if (at + 2 >= counts.length) {
        return false;
      }
      from = to + counts[at + 1];
      to = from + counts[at + 2];
      at += 2;
    } while (from == to);
    return true;
  }

  /** First pixel of the run. */
  int from() {
    return from;
  }

  /** Behind the last pixel of the run. */
  int to() {
    return to;
  }

  /** Number of pixels set in both. */
  static int shared(int[] first, int[] second) {
    int shared = 0;
    SetRuns a = of(first);
    SetRuns b = of(second);
    boolean more = a.next() && b.next();
    while (more) {
      shared += Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
      more = a.to <= b.to ? a.next() : b.next();
    }
    return shared;
  }

  /** Run lengths of what is set in both. */
  static int[] intersection(int[] first, int[] second, int pixels) {
    RunBuilder result = new RunBuilder();
    SetRuns a = of(first);
    SetRuns b = of(second);
    boolean more = a.next() && b.next();
    while (more) {
      result.add(Math.max(a.from, b.from), Math.min(a.to, b.to));
      more = a.to <= b.to ? a.next() : b.next();
    }
    return result.counts(pixels);
  }

  /** Run lengths of what is set in either. */
  static int[] union(int[] first, int[] second, int pixels) {
    RunBuilder result = new RunBuilder();
    SetRuns a = of(first);
    SetRuns b = of(second);
    boolean moreOfA = a.next();
    boolean moreOfB = b.next();
    while (moreOfA || moreOfB) {
      if (moreOfA && (!moreOfB || a.from <= b.from)) {
        result.add(a.from, a.to);
        moreOfA = a.next();
      } else {
        result.add(b.from, b.to);
        moreOfB = b.next();
      }
    }
    return result.counts(pixels);
  }

  /** Run lengths with the order of the columns reversed. */
  static int[] mirrored(int[] counts, int height, int width) {
    int pieces = 0;
    long[] starts = new long[counts.length / 2 + width];
    for (SetRuns run = of(counts); run.next(); ) {
      for (int from = run.from; from < run.to; ) {
        int column = from / height;
        int to = Math.min(run.to, (column + 1) * height);
        int start = (width - 1 - column) * height + from % height;
        starts[pieces++] = (long) start << Integer.SIZE | (to - from);
        from = to;
      }
    }
    Arrays.sort(starts, 0, pieces);
    RunBuilder result = new RunBuilder();
    for (int piece = 0; piece < pieces; piece++) {
      int start = (int) (starts[piece] >> Integer.SIZE);
      result.add(start, start + (int) starts[piece]);
    }
    return result.counts(height * width);
  }
}
