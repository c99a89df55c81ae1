package io.github.tfkfac.detection.train;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** Bitmaps of a batch's objects, {@code [N, G, H, W]} with known N. */
final class PaddedBitmaps {

  private static final int HEIGHT = 2;
  private static final int WIDTH = 3;

  private PaddedBitmaps() {}

  /** Those of all images one after the other, {@code [N·G, H, W]}. */
  static Operand<TUint8> ofAllImages(Ops tf, Operand<TUint8> bitmaps) {
    Operand<TInt32> extent = tf.slice(tf.shape(bitmaps), tf.array(HEIGHT), tf.array(2));
    return tf.reshape(bitmaps, tf.concat(List.of(tf.array(-1), extent), tf.constant(0)));
  }

  /**
   * With each image's last row and column in its padding, so that a sample at the edge of an image
   * is what it would be without padding.
   *
   * @param sizes height and width of each image, {@code [N, 2]}
   */
  static Operand<TUint8> repeatingEdges(Ops tf, Operand<TUint8> bitmaps, Operand<TInt32> sizes) {
    List<Operand<TUint8>> images = new ArrayList<>();
    for (int image = 0; image < bitmaps.shape().get(0); image++) {
      Operand<TInt32> size = Proposals.row(tf, sizes, image);
      Operand<TUint8> rows =
          tf.gather(
              Proposals.row(tf, bitmaps, image),
              limited(tf, bitmaps, HEIGHT, size),
              tf.constant(1));
      images.add(tf.gather(rows, limited(tf, bitmaps, WIDTH, size), tf.constant(2)));
    }
    return tf.stack(images);
  }

  /** {@code 0, 1, ...} along an axis, at most the image's last index. */
  private static Operand<TInt32> limited(
      Ops tf, Operand<TUint8> bitmaps, int axis, Operand<TInt32> size) {
    Operand<TInt32> one = tf.constant(1);
    Operand<TInt32> padded = tf.gather(tf.shape(bitmaps), tf.constant(axis), tf.constant(0));
    return tf.math.minimum(
        tf.range(tf.constant(0), padded, one),
        tf.math.sub(Proposals.row(tf, size, axis - HEIGHT), one));
  }
}
