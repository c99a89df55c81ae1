package example;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Noisy digits of a pocket calculator, of the size of MNIST's, in place of data of yours. */
final class Digits {

  private static final int SIDE = 28;

  /** Bars of each digit: 0 top, 1 and 2 below it, 3 middle, 4 and 5 below it, 6 bottom. */
  private static final String[] BARS =
      "012456 25 02346 02356 1235 01356 013456 025 0123456 012356".split(" ", -1);

  /** Images {@code [N, 28, 28, 1]} and one-hot labels {@code [N, 10]}. */
  record Batch(TFloat32 images, TFloat32 labels) {}

  private Digits() {}

  /** Batches of a size; other seeds give other images. */
  static List<Batch> batches(int count, int size, long seed) {
    Random random = new Random(seed);
    List<Batch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] images = new float[size * SIDE * SIDE];
      float[] labels = new float[size * 10];
      for (int n = 0; n < size; n++) {
        int digit = random.nextInt(10);
        labels[10 * n + digit] = 1;
        draw(digit, images, n * SIDE * SIDE, random);
      }
      batches.add(
          new Batch(
              TFloat32.tensorOf(Shape.of(size, SIDE, SIDE, 1), DataBuffers.of(images)),
              TFloat32.tensorOf(Shape.of(size, 10), DataBuffers.of(labels))));
    }
    return batches;
  }

  private static void draw(int digit, float[] images, int start, Random random) {
    for (int i = 0; i < SIDE * SIDE; i++) {
      images[start + i] = random.nextFloat() - 1;
    }
    int corner = start + SIDE * (3 + random.nextInt(2)) + 7 + random.nextInt(2);
    for (char bar : BARS[digit].toCharArray()) {
      int place = bar - '0';
      boolean level = place % 3 == 0;
      int width = level ? 13 : 3;
      int first = corner + SIDE * 8 * (place / 3) + (place % 3 == 2 ? 10 : 0);
      for (int i = 0; i < width * (level ? 3 : 10); i++) {
        images[first + SIDE * (i / width) + i % width] += 2;
      }
    }
  }
}
