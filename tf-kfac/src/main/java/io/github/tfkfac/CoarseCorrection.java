package io.github.tfkfac;

import io.github.tfkfac.internal.linalg.Eigendecomposition;
import io.github.tfkfac.internal.linalg.Matrices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Adds the same number to every entry of a layer's preconditioned gradient: {@code ω₁Vᵢ + ω₂cᵢ·1}
 * with {@code c = (F_c + λD)⁻¹r}, {@code rᵢ} the sum over the entries of the layer's gradient.
 *
 * <p>Source: two-level K-FAC.
 *
 * @param damping D, what λ is multiplied by
 * @param fineWeight ω₁
 * @param coarseWeight ω₂
 */
public record CoarseCorrection(CoarseDamping damping, double fineWeight, double coarseWeight) {

  /**
   * @throws IllegalArgumentException if a weight is not finite
   */
  public CoarseCorrection {
    if (!Double.isFinite(fineWeight) || !Double.isFinite(coarseWeight)) {
      throw new IllegalArgumentException(
          "expected finite weights of the two levels, found "
              + fineWeight
              + " and "
              + coarseWeight);
    }
  }

  /** {@code V + c·1} with damping λI, as published. */
  public static CoarseCorrection additive() {
    return new CoarseCorrection(CoarseDamping.identity(), 1, 1);
  }

  /**
   * Result of a correction.
   *
   * @param directions every layer's corrected direction
   * @param coefficients c, {@code [L]}
   * @param share scalar: norm of the coarse part over the norm of the corrected directions, all
   *     layers together
   */
  public record Corrected<T extends TNumber>(
      List<Operand<T>> directions, Operand<T> coefficients, Operand<T> share) {

    public Corrected {
      directions = List.copyOf(directions);
    }
  }

  /**
   * {@code (F_c + λD)⁻¹}, {@code [L, L]}.
   *
   * <p><i>Numerics</i>: by eigendecomposition of {@code D^-½F_cD^-½}, whose negative eigenvalues
   * (maps of different sizes can make some) count as zero; NaN if F_c is not finite.
   *
   * @param fisher F_c, {@code [L, L]}
   * @param entries number of entries of every layer's weight matrix
   * @param lambda λ, a positive scalar
   */
  public <T extends TNumber> Operand<T> inverse(
      Ops tf, Operand<T> fisher, long[] entries, Operand<T> lambda) {
    double[] diagonal = damping.diagonal(entries);
    double[][] roots = new double[diagonal.length][diagonal.length];
    for (int i = 0; i < diagonal.length; i++) {
      for (int j = 0; j < diagonal.length; j++) {
        roots[i][j] = Math.sqrt(diagonal[i] * diagonal[j]);
      }
    }
    Operand<T> scale = tf.dtypes.cast(tf.constant(roots), fisher.type());
    Eigendecomposition<T> eigen = Eigendecomposition.of(tf, tf.math.div(fisher, scale));
    Operand<T> solved = tf.math.div(eigen.basis(), tf.math.add(eigen.values(), lambda));
    Operand<T> inverse = Matrices.multiply(tf, solved, Matrices.transpose(tf, eigen.basis()));
    return tf.math.div(inverse, scale);
  }

  /**
   * Corrects the directions of all layers.
   *
   * @param inverse from {@link #inverse}
   * @param preconditioned every layer's preconditioned gradient
   * @param gradients every layer's gradient in the same shape
   */
  public <T extends TNumber> Corrected<T> apply(
      Ops tf, Operand<T> inverse, List<Operand<T>> preconditioned, List<Operand<T>> gradients) {
    Operand<T> sums = tf.stack(gradients.stream().map(gradient -> sum(tf, gradient)).toList());
    Operand<T> coefficients =
        tf.reshape(
            Matrices.multiply(tf, inverse, tf.expandDims(sums, tf.constant(1))), tf.array(-1));
    Operand<T> coarse =
        tf.math.mul(coefficients, tf.constantOfSameType(coefficients, coarseWeight));
    List<Output<T>> perLayer = tf.unstack(coarse, (long) gradients.size()).output();
    List<Operand<T>> directions = new ArrayList<>();
    List<Operand<T>> squares = new ArrayList<>();
    for (int i = 0; i < preconditioned.size(); i++) {
      Operand<T> fine = preconditioned.get(i);
      Operand<T> weighted =
          fineWeight == 1 ? fine : tf.math.mul(fine, tf.constantOfSameType(fine, fineWeight));
      Operand<T> direction = tf.math.add(weighted, perLayer.get(i));
      directions.add(direction);
      squares.add(sum(tf, tf.math.square(direction)));
    }
    double[] counts = Arrays.stream(entries(gradients)).asDoubleStream().toArray();
    Operand<T> coarseSquare =
        tf.reduceSum(
            tf.math.mul(tf.dtypes.cast(tf.constant(counts), coarse.type()), tf.math.square(coarse)),
            tf.constant(0));
    Operand<T> square = tf.math.addN(squares);
    return new Corrected<>(
        directions, coefficients, tf.math.sqrt(tf.math.divNoNan(coarseSquare, square)));
  }

  private static long[] entries(List<? extends Operand<?>> gradients) {
    return gradients.stream().mapToLong(gradient -> gradient.shape().size()).toArray();
  }

  private static <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> values) {
    return tf.reduceSum(tf.reshape(values, tf.array(-1)), tf.constant(0));
  }
}
