package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.ImageShape;
import java.util.Arrays;
import java.util.OptionalInt;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * How a model takes images: {@code [N, H, W, C]}, or {@code [N, H, W]} of one channel, or flattened
 * {@code [N, H·W·C]}; N may be fixed.
 *
 * @param shape of the input tensor
 */
record InputLayout(Shape shape) {

  /** The fixed number of images of a batch, if there is one. */
  OptionalInt fixedBatch() {
    return shape.get(0) == Shape.UNKNOWN_SIZE
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(shape.get(0)));
  }

  /** Whether images of this size fit. */
  boolean takes(ImageShape image) {
    return switch (shape.numDimensions()) {
      case 4 -> is(1, image.height()) && is(2, image.width()) && is(3, image.channels());
      case 3 -> is(1, image.height()) && is(2, image.width()) && image.channels() == 1;
      case 2 -> is(1, image.valueCount());
      default -> false;
    };
  }

  private boolean is(int dimension, long size) {
    return shape.get(dimension) == Shape.UNKNOWN_SIZE || shape.get(dimension) == size;
  }

  /**
   * The images of a batch, followed by black ones up to a fixed size; to be closed by the caller.
   */
  TFloat32 images(Batch batch) {
    int rows = rows(batch);
    float[] values = Arrays.copyOf(batch.images(), rows * batch.shape().valueCount());
    long[] dimensions = shape.asArray().clone();
    dimensions[0] = rows;
    long[] sizes = {batch.shape().height(), batch.shape().width(), batch.shape().channels()};
    if (dimensions.length == 2) {
      dimensions[1] = batch.shape().valueCount();
    } else {
      System.arraycopy(sizes, 0, dimensions, 1, dimensions.length - 1);
    }
    return TFloat32.tensorOf(Shape.of(dimensions), DataBuffers.of(values, true, false));
  }

  /** One-hot labels, followed by rows of zeros up to a fixed size; to be closed by the caller. */
  TFloat32 labels(Batch batch) {
    int rows = rows(batch);
    float[] values = Arrays.copyOf(batch.oneHot(), rows * batch.classCount());
    return TFloat32.tensorOf(
        Shape.of(rows, batch.classCount()), DataBuffers.of(values, true, false));
  }

  private int rows(Batch batch) {
    return fixedBatch().orElse(batch.size());
  }
}
