package io.github.tfkfac.extension;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.internal.linalg.LowRank;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The number that tells a damping how large a factor is.
 *
 * <p><i>Shapes</i>: a factor in the shape of its structure, or k of them as {@code [k, ...]}; one
 * number per factor, and for a {@code Stack} one per matrix of it: {@code []}, {@code [k]}, {@code
 * [c]} or {@code [k, c]}. Blocks count as one matrix, whose rows that fill up the last block do not
 * count; the identity has scale 1.
 */
public sealed interface FactorScale {

  /** The scale of a factor, or of each of several factors of one structure. */
  <T extends TNumber> Operand<T> of(Ops tf, FactorStructure structure, Operand<T> factor);

  /** The scale of {@code U·Uᵀ}, {@code U [d, n]} or {@code [c, d, n]}. */
  <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u);

  /** The largest eigenvalue, by power iteration. */
  static FactorScale largestEigenvalue(PowerIteration iteration) {
    return new LargestEigenvalue(iteration);
  }

  /** The mean of the eigenvalues. */
  static FactorScale meanEigenvalue() {
    return new MeanEigenvalue();
  }

  /** 1, for a damping that is the same for every factor. */
  static FactorScale none() {
    return new None();
  }

  /**
   * {@code λ_max}: of blocks the largest of all, of a diagonal its largest entry.
   *
   * @param iteration how it is found
   */
  record LargestEigenvalue(PowerIteration iteration) implements FactorScale {
    @Override
    public <T extends TNumber> Operand<T> of(Ops tf, FactorStructure structure, Operand<T> factor) {
      if (structure instanceof FactorStructure.Identity) {
        return ones(tf, structure, factor);
      }
      if (structure instanceof FactorStructure.Diagonal) {
        return tf.reduceMax(factor, tf.constant(-1));
      }
      Operand<T> perMatrix = iteration.lambdaMax(tf, asBatch(tf, factor));
      if (factor.shape().numDimensions() > 3) {
        long[] leading = {factor.shape().get(0), factor.shape().get(1)};
        perMatrix = tf.reshape(perMatrix, tf.constant(leading));
      }
      return structure instanceof FactorStructure.Blocks
          ? tf.reduceMax(perMatrix, tf.constant(-1))
          : perMatrix;
    }

    @Override
    public <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u) {
      return LowRank.lambdaMax(tf, u, iteration);
    }

    private static <T extends TNumber> Operand<T> asBatch(Ops tf, Operand<T> factor) {
      int order = Math.toIntExact(factor.shape().get(factor.shape().numDimensions() - 1));
      return factor.shape().numDimensions() > 3
          ? tf.reshape(factor, tf.constant(new int[] {-1, order, order}))
          : factor;
    }
  }

  /** {@code tr M / size}, the size counting the bias and no filling. */
  record MeanEigenvalue() implements FactorScale {
    @Override
    public <T extends TNumber> Operand<T> of(Ops tf, FactorStructure structure, Operand<T> factor) {
      if (structure instanceof FactorStructure.Identity) {
        return ones(tf, structure, factor);
      }
      Operand<T> trace;
      if (structure instanceof FactorStructure.Diagonal) {
        trace = tf.reduceSum(factor, tf.constant(-1));
      } else {
        Operand<T> diagonal = Matrices.diagonal(tf, factor);
        trace =
            structure instanceof FactorStructure.Blocks
                ? tf.reduceSum(diagonal, tf.constant(new int[] {-2, -1}))
                : tf.reduceSum(diagonal, tf.constant(-1));
      }
      return tf.math.div(trace, tf.constantOfSameType(factor, structure.size()));
    }

    @Override
    public <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u) {
      return tf.math.div(
          Matrices.innerProduct(tf, u, u), tf.constantOfSameType(u, LowRank.order(u)));
    }
  }

  /** 1. */
  record None() implements FactorScale {
    @Override
    public <T extends TNumber> Operand<T> of(Ops tf, FactorStructure structure, Operand<T> factor) {
      return ones(tf, structure, factor);
    }

    @Override
    public <T extends TNumber> Operand<T> ofLowRank(Ops tf, Operand<T> u) {
      Operand<T> one = tf.constantOfSameType(u, 1);
      return u.shape().numDimensions() == 2 ? one : tf.fill(tf.array(u.shape().get(0)), one);
    }
  }

  private static <T extends TNumber> Operand<T> ones(
      Ops tf, FactorStructure structure, Operand<T> factor) {
    int perFactor = structure instanceof FactorStructure.Stack ? 1 : 0;
    int leading = factor.shape().numDimensions() - structure.shape().numDimensions() + perFactor;
    Operand<T> one = tf.constantOfSameType(factor, 1);
    return leading == 0
        ? one
        : tf.fill(tf.constant(factor.shape().subShape(0, leading).asArray()), one);
  }
}
