package io.github.tfkfac.internal.capture;

import io.github.tfkfac.extension.ViewStep;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/** Builds what the views of a layer's input and output describe. */
public final class Views {

  private static final int IMAGE_DIMENSIONS = 3;

  private Views() {}

  /**
   * A tensor seen through its view.
   *
   * @param type of the layer's weight
   */
  public static <T extends TNumber> Operand<T> of(
      Ops tf, Operand<T> tensor, List<ViewStep> view, Class<T> type) {
    Operand<T> seen = tensor;
    for (ViewStep step : view) {
      seen = step(tf, seen, step, type);
    }
    return seen;
  }

  private static <T extends TNumber> Operand<T> step(
      Ops tf, Operand<T> value, ViewStep step, Class<T> type) {
    if (step instanceof ViewStep.Cast) {
      return tf.dtypes.cast(value, type);
    }
    if (step instanceof ViewStep.Reshape reshape) {
      return tf.reshape(value, shape(tf, reshape));
    }
    if (step instanceof ViewStep.Transpose transpose) {
      return tf.linalg.transpose(
          value, tf.constant(transpose.order().stream().mapToInt(i -> i).toArray()));
    }
    if (step instanceof ViewStep.Pad pad) {
      int[][] margins = new int[value.shape().numDimensions()][2];
      margins[margins.length - 1] = new int[] {pad.before(), pad.after()};
      return tf.pad(value, tf.constant(margins), tf.constantOfSameType(value, 0));
    }
    if (step instanceof ViewStep.Margins margins) {
      int[][] paddings = new int[value.shape().numDimensions()][2];
      paddings[paddings.length - 3] = new int[] {margins.top(), margins.bottom()};
      paddings[paddings.length - 2] = new int[] {margins.left(), margins.right()};
      return tf.pad(value, tf.constant(paddings), tf.constantOfSameType(value, 0));
    }
    if (step instanceof ViewStep.Border border) {
      return border(tf, value, border);
    }
    if (step instanceof ViewStep.Windows windows) {
      return ImagePatches.of(tf, windows.geometry(), value);
    }
    if (step instanceof ViewStep.Volumes volumes) {
      return ImagePatches.ofVolumes(tf, volumes, value);
    }
    if (step instanceof ViewStep.LookUp lookUp) {
      return tf.gather(typed(tf, lookUp.table(), type), value, tf.constant(0));
    }
    if (step instanceof ViewStep.Product product) {
      return product(tf, value, product, type);
    }
    Output<?> factor = ((ViewStep.Scale) step).factor();
    return tf.math.mul(value, typed(tf, factor, type));
  }

  private static Operand<TInt32> shape(Ops tf, ViewStep.Reshape reshape) {
    if (reshape.examples().isEmpty()) {
      return tf.constant(reshape.shape().stream().mapToInt(Math::toIntExact).toArray());
    }
    ViewStep.Dimension dimension = reshape.examples().get();
    Operand<TInt32> examples =
        tf.gather(tf.shape(dimension.tensor()), tf.constant(dimension.index()), tf.constant(0));
    List<Operand<TInt32>> sizes = new ArrayList<>();
    for (long size : reshape.shape()) {
      sizes.add(size == ViewStep.Reshape.EXAMPLES ? examples : tf.constant(Math.toIntExact(size)));
    }
    return tf.stack(sizes);
  }

  private static <T extends TNumber> Operand<T> product(
      Ops tf, Operand<T> rows, ViewStep.Product step, Class<T> type) {
    Operand<T> matrix = typed(tf, step.matrix(), type);
    int inputs = Math.toIntExact(step.matrix().shape().get(step.transposed() ? 1 : 0));
    int outputs = Math.toIntExact(step.matrix().shape().get(step.transposed() ? 0 : 1));
    Operand<T> flat = tf.reshape(rows, tf.array(-1, inputs));
    Operand<T> product = tf.linalg.matMul(flat, matrix, MatMul.transposeB(step.transposed()));
    int between = rows.shape().numDimensions() - 1;
    Operand<TInt32> leading = tf.slice(tf.shape(rows), tf.array(0), tf.array(between));
    return tf.reshape(product, tf.concat(List.of(leading, tf.array(outputs)), tf.constant(0)));
  }

  @SuppressWarnings("unchecked") // the cast gives the type
  private static <T extends TNumber> Operand<T> typed(Ops tf, Output<?> value, Class<T> type) {
    return value.type().equals(type)
        ? (Operand<T>) value
        : tf.dtypes.cast((Operand<? extends TType>) value, type);
  }

  /** Images {@code [..., height, width, channels]} between margins, which may be negative. */
  private static <T extends TNumber> Operand<T> border(
      Ops tf, Operand<T> images, ViewStep.Border border) {
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> margins =
        tf.math.sub(integers(tf, border.paddings()), integers(tf, border.crops()));
    int rank = images.shape().numDimensions();
    List<Operand<TInt32>> rows = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int row = border.axes().indexOf(i - (rank - IMAGE_DIMENSIONS));
      rows.add(row < 0 ? tf.array(0, 0) : tf.gather(margins, tf.constant(row), zero));
    }
    Operand<TInt32> all = tf.stack(rows);
    Operand<T> padded =
        tf.pad(images, tf.math.maximum(all, zero), tf.constantOfSameType(images, 0));
    Operand<TInt32> cut = tf.math.maximum(tf.math.neg(all), zero);
    Operand<TInt32> before = tf.gather(cut, zero, tf.constant(1));
    Operand<TInt32> lengths = tf.math.sub(tf.shape(padded), tf.reduceSum(cut, tf.constant(1)));
    return tf.slice(padded, before, lengths);
  }

  @SuppressWarnings("unchecked") // paddings and crops are integers
  private static Operand<TInt32> integers(Ops tf, Output<?> values) {
    return tf.dtypes.cast((Operand<? extends TNumber>) values, TInt32.class);
  }
}
