package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.profile.DetectorProfile.DeltaLoss;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The losses of proposals, classes, boxes and masks.
 *
 * <p><i>Scale</i>: {@code Σ_i weight_i · loss_i / max(normalizer, 1)}; the caller decides what the
 * sum is divided by, so that a batch without objects has a loss of 0.
 *
 * <p><i>Numerics</i>: any floating type, also in the gradient; targets, weights and normalizers
 * carry no gradient.
 */
final class Losses {

  private static final double NINTH = 1.0 / 9;

  private Losses() {}

  /**
   * The proposal network's logits: {@code ln(1 + e^x) − x z}.
   *
   * @param logits x, {@code [...]}
   * @param targets z between 0 and 1, {@code [...]}
   * @param weights {@code [...]}
   * @param normalizer {@code []}; the number of sampled anchors of the batch
   */
  static <T extends TNumber> Operand<T> sigmoid(
      Ops tf, Operand<T> logits, Operand<T> targets, Operand<T> weights, Operand<T> normalizer) {
    return sum(tf, crossEntropy(tf, logits, targets), weights, normalizer);
  }

  private static <T extends TNumber> Operand<T> crossEntropy(
      Ops tf, Operand<T> logits, Operand<T> targets) {
    return tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, tf.stopGradient(targets)));
  }

  /**
   * The box head's logits: {@code −ln softmax(x)_label}.
   *
   * @param logits {@code [S, K]} with known K
   * @param labels {@code [S]}
   * @param weights {@code [S]}
   * @param normalizer {@code []}; the number of sampled regions of the batch
   */
  static <T extends TNumber> Operand<T> softmax(
      Ops tf,
      Operand<T> logits,
      Operand<TInt32> labels,
      Operand<T> weights,
      Operand<T> normalizer) {
    Class<T> type = logits.type();
    Operand<T> oneHot =
        tf.oneHot(
            labels,
            tf.constant((int) logits.shape().get(1)),
            tf.constant(type, 1),
            tf.constant(type, 0));
    Operand<T> loss =
        tf.math.neg(tf.reduceSum(tf.math.mul(oneHot, tf.nn.logSoftmax(logits)), tf.constant(1)));
    return sum(tf, loss, weights, normalizer);
  }

  /**
   * Box deltas: {@code |d|}, or with β = 1/9 {@code d²/(2β)} below β and {@code |d| − β/2} above,
   * summed over the four deltas.
   *
   * @param deltas {@code [..., 4]}
   * @param targets {@code [..., 4]}
   * @param weights 1 for boxes with an object, {@code [...]}
   * @param normalizer {@code []}; the number of all sampled boxes of the batch
   */
  static <T extends TNumber> Operand<T> deltas(
      Ops tf,
      DeltaLoss loss,
      Operand<T> deltas,
      Operand<T> targets,
      Operand<T> weights,
      Operand<T> normalizer) {
    Operand<T> difference = tf.math.abs(tf.math.sub(deltas, tf.stopGradient(targets)));
    Operand<T> each =
        switch (loss) {
          case L1 -> difference;
          case SMOOTH_L1_NINTH -> smooth(tf, difference, NINTH);
        };
    return sum(tf, tf.reduceSum(each, tf.constant(-1)), weights, normalizer);
  }

  /** With m = min(d, β): {@code m²/(2β) + d − m}, which has no branch. */
  private static <T extends TNumber> Operand<T> smooth(Ops tf, Operand<T> difference, double beta) {
    Class<T> type = difference.type();
    Operand<T> below = tf.math.minimum(difference, tf.constant(type, beta));
    Operand<T> quadratic =
        tf.math.mul(tf.math.mul(below, below), tf.constant(type, 1 / (2 * beta)));
    return tf.math.add(quadratic, tf.math.sub(difference, below));
  }

  /**
   * The mask head's logits of each region's own class, {@link #sigmoid} averaged over the pixels.
   *
   * @param logits {@code [P, H, W, K]} with known H, W and K
   * @param labels below K, {@code [P]}
   * @param targets {@code [P, H, W]}
   * @param weights {@code [P]}
   * @param normalizer {@code []}; the number of regions with an object of the batch
   */
  static <T extends TNumber> Operand<T> mask(
      Ops tf,
      Operand<T> logits,
      Operand<TInt32> labels,
      Operand<T> targets,
      Operand<T> weights,
      Operand<T> normalizer) {
    Operand<T> classFirst = tf.linalg.transpose(logits, tf.constant(new int[] {0, 3, 1, 2}));
    Operand<T> own = ofLabel(tf, classFirst, labels);
    Operand<T> perRegion =
        tf.math.mean(crossEntropy(tf, own, targets), tf.constant(new int[] {1, 2}));
    return sum(tf, perRegion, weights, normalizer);
  }

  /**
   * The box head's deltas of each region's own class.
   *
   * @param deltas {@code [S, K, 4]} with known K
   * @param labels {@code [S]}; that of a background behind the classes is moved to the last one
   * @return {@code [S, 4]}
   */
  static <T extends TNumber> Operand<T> ownClass(
      Ops tf, Operand<T> deltas, Operand<TInt32> labels) {
    int last = (int) deltas.shape().get(1) - 1;
    return ofLabel(tf, deltas, tf.math.minimum(labels, tf.constant(last)));
  }

  /** Entry {@code labels[i]} of each row i: {@code [n, K, ...]} to {@code [n, ...]}. */
  private static <T extends TNumber> Operand<T> ofLabel(
      Ops tf, Operand<T> values, Operand<TInt32> labels) {
    long[] sizes = values.shape().asArray();
    long[] flat = new long[sizes.length - 1];
    flat[0] = -1;
    System.arraycopy(sizes, 2, flat, 1, sizes.length - 2);
    Operand<TInt32> rows =
        tf.range(
            tf.constant(0),
            tf.gather(tf.shape(values), tf.constant(0), tf.constant(0)),
            tf.constant(1));
    Operand<TInt32> indices = tf.math.add(tf.math.mul(rows, tf.constant((int) sizes[1])), labels);
    return tf.gather(tf.reshape(values, tf.constant(flat)), indices, tf.constant(0));
  }

  /**
   * Rows of a batch by their index in each image.
   *
   * @param values {@code [N, A, ...]} with known trailing sizes
   * @param indices {@code [N, K]}
   * @return {@code [N, K, ...]}
   */
  static <T extends TNumber> Operand<T> atSamples(
      Ops tf, Operand<T> values, Operand<TInt32> indices) {
    long[] sizes = values.shape().asArray();
    long[] flat = new long[sizes.length - 1];
    flat[0] = -1;
    System.arraycopy(sizes, 2, flat, 1, sizes.length - 2);
    Operand<TInt32> shape = tf.shape(values);
    Operand<TInt32> images =
        tf.range(tf.constant(0), tf.gather(shape, tf.constant(0), tf.constant(0)), tf.constant(1));
    Operand<TInt32> offsets = tf.math.mul(images, tf.gather(shape, tf.constant(1), tf.constant(0)));
    Operand<TInt32> rows = tf.math.add(indices, tf.expandDims(offsets, tf.constant(1)));
    return tf.gather(tf.reshape(values, tf.constant(flat)), rows, tf.constant(0));
  }

  private static <T extends TNumber> Operand<T> sum(
      Ops tf, Operand<T> loss, Operand<T> weights, Operand<T> normalizer) {
    Operand<T> weighted = tf.math.mul(loss, tf.stopGradient(weights));
    Operand<T> total =
        tf.reduceSum(tf.reshape(weighted, tf.constant(new int[] {-1})), tf.constant(0));
    return tf.math.div(
        total, tf.math.maximum(tf.stopGradient(normalizer), tf.constant(loss.type(), 1)));
  }
}
