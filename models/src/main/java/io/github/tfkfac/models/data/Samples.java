package io.github.tfkfac.models.data;

import java.util.Objects;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * Samples of a regression: vectors of inputs and of targets.
 *
 * <p><i>Shapes</i>: inputs {@code [size, width]} and targets {@code [size, outputs]}, row by row.
 */
public final class Samples {

  private final int width;
  private final int outputs;
  private final float[] inputs;
  private final float[] targets;

  private Samples(int width, float[] inputs, int outputs, float[] targets) {
    this.width = width;
    this.outputs = outputs;
    this.inputs = inputs;
    this.targets = targets;
  }

  /**
   * Samples of the given arrays, which nobody changes any more.
   *
   * @throws IllegalArgumentException if the arrays hold different numbers of rows
   */
  static Samples owning(int width, float[] inputs, int outputs, float[] targets) {
    if (inputs.length % width != 0
        || targets.length % outputs != 0
        || inputs.length / width != targets.length / outputs) {
      throw new IllegalArgumentException(
          "expected as many rows of %d inputs as of %d targets, found %d and %d values"
              .formatted(width, outputs, inputs.length, targets.length));
    }
    return new Samples(width, inputs, outputs, targets);
  }

  /** Images as inputs and as targets of an autoencoder, pixels from 0 to 1. */
  public static Samples reconstruction(ImageDataset images) {
    int width = images.shape().valueCount();
    float[] values = new float[images.size() * width];
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.image(i);
      for (int k = 0; k < width; k++) {
        values[i * width + k] = Byte.toUnsignedInt(pixels[k]) / 255f;
      }
    }
    return owning(width, values, width, values);
  }

  /** Inputs of a sample. */
  public int width() {
    return width;
  }

  /** Targets of a sample. */
  public int outputs() {
    return outputs;
  }

  /** Number of samples. */
  public int size() {
    return inputs.length / width;
  }

  /** Copy of all inputs, sample after sample. */
  public float[] inputs() {
    return inputs.clone();
  }

  /** Copy of all targets, sample after sample. */
  public float[] targets() {
    return targets.clone();
  }

  /**
   * A batch: the samples numbered {@code order[from]} to {@code order[from + count - 1]}; see
   * {@link Order}.
   */
  public Samples batch(int[] order, int from, int count) {
    Objects.checkFromIndexSize(from, count, order.length);
    return new Samples(
        width,
        rows(inputs, width, order, from, count),
        outputs,
        rows(targets, outputs, order, from, count));
  }

  private static float[] rows(float[] all, int length, int[] order, int from, int count) {
    float[] rows = new float[count * length];
    for (int i = 0; i < count; i++) {
      int sample = Objects.checkIndex(order[from + i], all.length / length);
      System.arraycopy(all, sample * length, rows, i * length, length);
    }
    return rows;
  }

  /** The inputs as a tensor {@code [size, width]} of float32 or float64, closed by the caller. */
  public <T extends TNumber> T inputTensor(Class<T> type) {
    return Batch.tensor(type, inputs, Shape.of(size(), width));
  }

  /** The targets as a tensor {@code [size, outputs]}, closed by the caller. */
  public <T extends TNumber> T targetTensor(Class<T> type) {
    return Batch.tensor(type, targets, Shape.of(size(), outputs));
  }
}
