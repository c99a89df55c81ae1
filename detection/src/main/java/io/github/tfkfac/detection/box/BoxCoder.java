package io.github.tfkfac.detection.box;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.DeltaClamp;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * A box relative to a reference box, as four deltas: with centers {@code (x, y)} and sides {@code
 * (w, h)}, {@code dx = a (x − x_r) / w_r}, {@code dy = a (y − y_r) / h_r}, {@code dw = b ln(w /
 * w_r)}, {@code dh = b ln(h / h_r)}.
 *
 * <p><i>Shapes</i>: references, boxes and deltas {@code [..., 4]}, which broadcast.
 *
 * <p><i>Numerics</i>: if either box has no area, all four deltas are 0; the check comes before the
 * logarithm. Decoding limits {@code dw / b} and {@code dh / b} by ln(1000/16).
 *
 * <p>Source: Girshick et al., "Rich feature hierarchies", 2014, appendix C; weights as in Girshick,
 * "Fast R-CNN", 2015. MMDetection's standard deviations are 1/a and 1/b.
 *
 * @param centerWeight a, positive
 * @param sizeWeight b, positive
 * @param clamp which side of the size deltas is limited
 */
public record BoxCoder(double centerWeight, double sizeWeight, DeltaClamp clamp) {

  private static final double LARGEST_LOGARITHM = Math.log(1000.0 / 16);

  public BoxCoder {
    if (!(centerWeight > 0 && sizeWeight > 0)) {
      throw new IllegalArgumentException(
          "expected positive weights of a box coder, found "
              + centerWeight
              + " and "
              + sizeWeight
              + "; proposals use 1 and 1, the box head 10 and 5");
    }
  }

  /** The proposal network's: weights 1. */
  public static BoxCoder forProposals(DetectorProfile profile) {
    return new BoxCoder(1, 1, profile.deltaClamp());
  }

  /** The box head's: weights 10 and 5. */
  public static BoxCoder forBoxes(DetectorProfile profile) {
    return new BoxCoder(10, 5, profile.deltaClamp());
  }

  /** The deltas of {@code box} relative to {@code reference}. */
  public double[] encode(Box reference, Box box) {
    double w = reference.width();
    double h = reference.height();
    if (!(w > 0 && h > 0 && box.width() > 0 && box.height() > 0)) {
      return new double[4];
    }
    return new double[] {
      centerWeight * (box.x1() + box.width() / 2 - reference.x1() - w / 2) / w,
      centerWeight * (box.y1() + box.height() / 2 - reference.y1() - h / 2) / h,
      sizeWeight * Math.log(box.width() / w),
      sizeWeight * Math.log(box.height() / h)
    };
  }

  /** The box that has these deltas relative to {@code reference}. */
  public Box decode(Box reference, double dx, double dy, double dw, double dh) {
    double x = reference.x1() + reference.width() / 2 + dx / centerWeight * reference.width();
    double y = reference.y1() + reference.height() / 2 + dy / centerWeight * reference.height();
    double w = reference.width() * Math.exp(limited(dw / sizeWeight));
    double h = reference.height() * Math.exp(limited(dh / sizeWeight));
    return new Box(x - w / 2, y - h / 2, x + w / 2, y + h / 2);
  }

  private double limited(double logarithm) {
    double below = Math.min(logarithm, LARGEST_LOGARITHM);
    return clamp == DeltaClamp.BOTH ? Math.max(below, -LARGEST_LOGARITHM) : below;
  }

  /** The deltas of {@code boxes} relative to {@code references}. */
  public <T extends TNumber> Operand<T> encode(Ops tf, Operand<T> references, Operand<T> boxes) {
    Sides<T> from = Sides.of(tf, references);
    Sides<T> to = Sides.of(tf, boxes);
    Operand<TBool> coded = tf.math.logicalAnd(from.hasArea(tf), to.hasArea(tf));
    Operand<T> zero = tf.constant(boxes.type(), 0);
    return GraphBoxes.of(
        tf,
        List.of(
            tf.select(coded, shift(tf, from.x, to.x, from.safe(tf, from.w)), zero),
            tf.select(coded, shift(tf, from.y, to.y, from.safe(tf, from.h)), zero),
            tf.select(coded, growth(tf, from.safe(tf, from.w), to.safe(tf, to.w)), zero),
            tf.select(coded, growth(tf, from.safe(tf, from.h), to.safe(tf, to.h)), zero)));
  }

  private <T extends TNumber> Operand<T> shift(
      Ops tf, Operand<T> from, Operand<T> to, Operand<T> side) {
    Operand<T> weight = tf.constant(from.type(), centerWeight);
    return tf.math.div(tf.math.mul(weight, tf.math.sub(to, from)), side);
  }

  private <T extends TNumber> Operand<T> growth(Ops tf, Operand<T> from, Operand<T> to) {
    return tf.math.mul(tf.constant(from.type(), sizeWeight), tf.math.log(tf.math.div(to, from)));
  }

  /** The boxes that have these deltas relative to {@code references}. */
  public <T extends TNumber> Operand<T> decode(Ops tf, Operand<T> references, Operand<T> deltas) {
    Sides<T> from = Sides.of(tf, references);
    List<Operand<T>> d = GraphBoxes.edges(tf, deltas);
    Operand<T> x = tf.math.add(tf.math.mul(scaled(tf, d.get(0), centerWeight), from.w), from.x);
    Operand<T> y = tf.math.add(tf.math.mul(scaled(tf, d.get(1), centerWeight), from.h), from.y);
    Operand<T> w = tf.math.mul(tf.math.exp(limited(tf, d.get(2))), from.w);
    Operand<T> h = tf.math.mul(tf.math.exp(limited(tf, d.get(3))), from.h);
    Operand<T> half = tf.constant(deltas.type(), 0.5);
    Operand<T> halfWidth = tf.math.mul(half, w);
    Operand<T> halfHeight = tf.math.mul(half, h);
    return GraphBoxes.of(
        tf,
        List.of(
            tf.math.sub(x, halfWidth),
            tf.math.sub(y, halfHeight),
            tf.math.add(x, halfWidth),
            tf.math.add(y, halfHeight)));
  }

  private static <T extends TNumber> Operand<T> scaled(Ops tf, Operand<T> delta, double weight) {
    return weight == 1 ? delta : tf.math.div(delta, tf.constant(delta.type(), weight));
  }

  private <T extends TNumber> Operand<T> limited(Ops tf, Operand<T> delta) {
    Class<T> type = delta.type();
    Operand<T> below =
        tf.math.minimum(scaled(tf, delta, sizeWeight), tf.constant(type, LARGEST_LOGARITHM));
    return clamp == DeltaClamp.BOTH
        ? tf.math.maximum(below, tf.constant(type, -LARGEST_LOGARITHM))
        : below;
  }

  /** Centers and sides of boxes. */
  private record Sides<T extends TNumber>(Operand<T> x, Operand<T> y, Operand<T> w, Operand<T> h) {

    static <T extends TNumber> Sides<T> of(Ops tf, Operand<T> boxes) {
      List<Operand<T>> edges = GraphBoxes.edges(tf, boxes);
      Operand<T> w = tf.math.sub(edges.get(2), edges.get(0));
      Operand<T> h = tf.math.sub(edges.get(3), edges.get(1));
      Operand<T> half = tf.constant(boxes.type(), 0.5);
      return new Sides<>(
          tf.math.add(edges.get(0), tf.math.mul(half, w)),
          tf.math.add(edges.get(1), tf.math.mul(half, h)),
          w,
          h);
    }

    Operand<TBool> hasArea(Ops tf) {
      return tf.math.greater(tf.math.minimum(w, h), tf.constant(w.type(), 0));
    }

    /** 1 instead of sides without length. */
    Operand<T> safe(Ops tf, Operand<T> side) {
      Operand<TBool> positive = tf.math.greater(side, tf.constant(side.type(), 0));
      return tf.select(positive, side, tf.constant(side.type(), 1));
    }
  }
}
