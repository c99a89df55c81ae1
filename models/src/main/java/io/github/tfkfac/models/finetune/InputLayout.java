package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.data.Batch;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.data.PixelScaling;
import java.util.Arrays;
import java.util.OptionalInt;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * Layout in which a model takes images: {@code [N, H, W, C]}, channels first {@code [N, C, H, W]},
 * {@code [N, H, W]} of one channel, or flattened {@code [N, H·W·C]}; N may be fixed.
 *
 * @param shape of the input tensor
 * @param type its element type; one of whole numbers takes pixels 0 to 255
 */
record InputLayout(Shape shape, Class<? extends TType> type) {

  /** The layout of an input. */
  static InputLayout of(Output<?> input) {
    return new InputLayout(input.shape(), input.type());
  }

  /** The fixed number of images of a batch, if there is one. */
  OptionalInt fixedBatch() {
    return shape.get(0) == Shape.UNKNOWN_SIZE
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(shape.get(0)));
  }

  /** Whether images of this size fit. */
  boolean takes(ImageShape image) {
    return switch (shape.numDimensions()) {
      case 4 -> channelsLast(image) || channelsFirst(image);
      case 3 -> is(1, image.height()) && is(2, image.width()) && image.channels() == 1;
      case 2 -> is(1, image.valueCount());
      default -> false;
    };
  }

  private boolean channelsLast(ImageShape image) {
    return is(1, image.height()) && is(2, image.width()) && is(3, image.channels());
  }

  private boolean channelsFirst(ImageShape image) {
    return is(1, image.channels()) && is(2, image.height()) && is(3, image.width());
  }

  private boolean is(int dimension, long size) {
    return shape.get(dimension) == Shape.UNKNOWN_SIZE || shape.get(dimension) == size;
  }

  /** Whether images scaled like that are what the element type can hold. */
  boolean takes(PixelScaling scaling, ImageShape image) {
    return !InputTensors.isWhole(type) || scaling.equals(PixelScaling.bytes(image.channels()));
  }

  /**
   * The images of a batch, followed by black ones up to a fixed size; to be closed by the caller.
   */
  TNumber images(Batch batch) {
    int rows = rows(batch);
    float[] values = Arrays.copyOf(batch.images(), rows * batch.shape().valueCount());
    long[] dimensions = shape.asArray().clone();
    dimensions[0] = rows;
    ImageShape image = batch.shape();
    long[] sizes = {image.height(), image.width(), image.channels()};
    if (dimensions.length == 2) {
      dimensions[1] = image.valueCount();
    } else if (dimensions.length == 4 && !channelsLast(image)) {
      dimensions = new long[] {rows, image.channels(), image.height(), image.width()};
      values = channelsFirst(values, image);
    } else {
      System.arraycopy(sizes, 0, dimensions, 1, dimensions.length - 1);
    }
    return InputTensors.of(type, Shape.of(dimensions), values);
  }

  private static float[] channelsFirst(float[] values, ImageShape image) {
    float[] moved = new float[values.length];
    int channels = image.channels();
    int pixels = image.height() * image.width();
    for (int k = 0; k < values.length; k++) {
      int pixel = k / channels % pixels;
      int row = k / image.valueCount();
      moved[(row * channels + k % channels) * pixels + pixel] = values[k];
    }
    return moved;
  }

  /** One-hot labels, followed by rows of zeros up to a fixed size; to be closed by the caller. */
  TNumber labels(Batch batch, Class<? extends TType> labelType) {
    int rows = rows(batch);
    float[] values = Arrays.copyOf(batch.oneHot(), rows * batch.classCount());
    return InputTensors.of(labelType, Shape.of(rows, batch.classCount()), values);
  }

  private int rows(Batch batch) {
    return fixedBatch().orElse(batch.size());
  }
}
