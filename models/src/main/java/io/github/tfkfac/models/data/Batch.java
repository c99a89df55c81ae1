package io.github.tfkfac.models.data;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Images and labels of one step. The arrays belong to the receiver. */
public final class Batch {

  private final ImageShape shape;
  private final int classCount;
  private final float[] images;
  private final int[] labels;

  /**
   * @param images scaled values, NHWC
   * @param labels class numbers, one per image
   */
  public Batch(ImageShape shape, int classCount, float[] images, int[] labels) {
    if ((long) labels.length * shape.valueCount() != images.length) {
      throw new IllegalArgumentException(
          "expected "
              + (long) labels.length * shape.valueCount()
              + " values in a batch of "
              + labels.length
              + " images "
              + shape
              + ", found "
              + images.length);
    }
    for (int label : labels) {
      if (label < 0 || label >= classCount) {
        throw new IllegalArgumentException(
            "expected labels 0 to " + (classCount - 1) + " in a batch, found " + label);
      }
    }
    this.shape = shape;
    this.classCount = classCount;
    this.images = images;
    this.labels = labels;
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }

  /** Shape of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** Number of classes. */
  public int classCount() {
    return classCount;
  }

  /** Scaled values, NHWC. */
  public float[] images() {
    return images;
  }

  /** Class of each image. */
  public int[] labels() {
    return labels;
  }

  /** 1 at each image's class, 0 elsewhere; {@code [size, classCount]} row by row. */
  public float[] oneHot() {
    float[] rows = new float[labels.length * classCount];
    for (int i = 0; i < labels.length; i++) {
      rows[i * classCount + labels[i]] = 1f;
    }
    return rows;
  }

  /**
   * The images as a tensor {@code [size, height, width, channels]}, to be closed by the caller.
   *
   * @param type {@link TFloat32} or {@link TFloat64}
   */
  public <T extends TNumber> T imageTensor(Class<T> type) {
    return tensor(type, images, Shape.of(size(), shape.height(), shape.width(), shape.channels()));
  }

  /**
   * The one-hot labels as a tensor {@code [size, classCount]}, to be closed by the caller.
   *
   * @param type {@link TFloat32} or {@link TFloat64}
   */
  public <T extends TNumber> T labelTensor(Class<T> type) {
    return tensor(type, oneHot(), Shape.of(size(), classCount));
  }

  static <T extends TNumber> T tensor(Class<T> type, float[] values, Shape shape) {
    if (type == TFloat32.class) {
      return type.cast(TFloat32.tensorOf(shape, DataBuffers.of(values, true, false)));
    }
    if (type == TFloat64.class) {
      double[] widened = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        widened[i] = values[i];
      }
      return type.cast(TFloat64.tensorOf(shape, DataBuffers.of(widened, true, false)));
    }
    throw new IllegalArgumentException(
        "expected TFloat32 or TFloat64 as the type of a batch, found " + type.getSimpleName());
  }
}
