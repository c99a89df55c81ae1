package io.github.tfkfac.models.layer;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Parameterless shortcuts of residual blocks. */
public final class Shortcut {

  private Shortcut() {}

  /**
   * Every second row and column, with zero channels added in equal number before and after: option
   * A of He et al. (2016), section 3.3.
   *
   * <p><i>Shapes</i>: {@code [N, H, W, C]} to {@code [N, ⌈H / 2⌉, ⌈W / 2⌉, channels]}.
   *
   * @throws IllegalArgumentException if {@code channels} exceeds the input's channels by a negative
   *     or odd number
   */
  public static <T extends TNumber> Operand<T> subsampledAndZeroPadded(
      Ops tf, Operand<T> images, int channels) {
    long added = channels - images.shape().get(3);
    if (added < 0 || added % 2 != 0) {
      throw new IllegalArgumentException(
          "expected an option-A shortcut to add an even number of channels, found "
              + images.shape().get(3)
              + " to "
              + channels
              + ": use a projection");
    }
    int side = (int) (added / 2);
    Operand<T> subsampled =
        tf.stridedSlice(images, Indices.all(), Indices.step(2), Indices.step(2), Indices.all());
    int[][] border = {{0, 0}, {0, 0}, {0, 0}, {side, side}};
    return tf.pad(subsampled, tf.constant(border), tf.constant(images.type(), 0));
  }
}
