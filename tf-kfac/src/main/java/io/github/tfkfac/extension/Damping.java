package io.github.tfkfac.extension;

import io.github.tfkfac.PowerIteration;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.internal.damping.FactoredTikhonov;
import io.github.tfkfac.internal.damping.RelativePerFactor;
import io.github.tfkfac.internal.damping.Strength;
import io.github.tfkfac.internal.linalg.Matrices;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Damping of a layer's two Kronecker factors: the numbers that are added to their diagonals before
 * they are inverted.
 *
 * <p>In two parts: {@link #scale} says what number is taken of every factor, which works on stacks
 * of factors of equal shape; {@link #of} turns a layer's two numbers into two dampings, entry by
 * entry, so that vectors of many layers' numbers can be passed at once.
 *
 * <p>The factors themselves are never changed.
 */
public interface Damping {

  /** Scale of every factor that is passed to {@link #of}. */
  FactorScale scale();

  /** The strength as a function of the step. */
  Schedule strength();

  /** The same with another strength. */
  Damping withStrength(Schedule other);

  /** The same with another constant strength. */
  default Damping withStrength(double value) {
    return withStrength(Schedule.constant(value));
  }

  /**
   * Whether a factor's damping depends on the other factor's scale; if not, {@link #of} may be
   * given the same scales twice, of which each side's result is used for the factors of that side.
   */
  default boolean couplesFactors() {
    return true;
  }

  /**
   * The dampings of a layer's two factors.
   *
   * @param scales the factors' scales, or vectors of several layers' scales
   * @return dampings in the shape of the scales
   */
  <T extends TNumber> FactorPair<T> of(
      Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type);

  /**
   * The damping, at step 0, of an input factor (or of each of a stack) whose partner has the same
   * scale.
   */
  default <T extends TNumber> Operand<T> of(Ops tf, Operand<T> matrix, Class<T> type) {
    Operand<T> scale = scale().of(tf, new FactorStructure.Full(Matrices.order(matrix)), matrix);
    DampingContext start = DampingContext.at(tf, this, tf.constant(0L));
    return of(tf, new FactorPair<>(scale, scale), start, type).input();
  }

  /**
   * NKFAC's damping with its published constants: 0.01 of the largest eigenvalue, at least 1e-4.
   */
  static Damping relative() {
    return relative(0.01, 1e-4);
  }

  /**
   * A share of the largest eigenvalue, but no less than NKFAC's floor of 1e-4.
   *
   * @param share positive
   */
  static Relative relative(double share) {
    return relative(share, 1e-4);
  }

  /**
   * A share of the largest eigenvalue, but no less than a floor.
   *
   * @param share positive
   * @param floor positive
   */
  static Relative relative(double share, double floor) {
    return new Relative(share, floor, new PowerIteration(10));
  }

  /** Relative damping with a share and a floor of its own for each factor. */
  static Damping relative(Relative input, Relative output) {
    return new RelativePerFactor(input, output);
  }

  /** The same number for every factor. */
  static Damping absolute(double value) {
    return new Absolute(value);
  }

  /** {@code √λ} for every factor. */
  static Damping squareRoot(double lambda) {
    return new SquareRoot(lambda);
  }

  /** {@code √λ} in all, distributed by the factors' mean eigenvalues. */
  static Damping factoredTikhonov(double lambda) {
    return new FactoredTikhonov(lambda);
  }

  /**
   * {@code max(floor, share * lambda_max)} with the largest eigenvalue by power iteration (Sun et
   * al. 2023, NKFAC).
   *
   * @param share part of the largest eigenvalue, positive; the strength
   * @param floor smallest damping, positive
   * @param eigenvalue how the largest eigenvalue is found
   */
  record Relative(Schedule share, Schedule floor, PowerIteration eigenvalue) implements Damping {

    public Relative {
      Strength.requirePositive("share", share);
      Strength.requirePositive("floor", floor);
    }

    /** A share and a floor that stay the same. */
    public Relative(double share, double floor, PowerIteration eigenvalue) {
      this(Strength.constant("share", share), Strength.constant("floor", floor), eigenvalue);
    }

    @Override
    public FactorScale scale() {
      return FactorScale.largestEigenvalue(eigenvalue);
    }

    @Override
    public boolean couplesFactors() {
      return false;
    }

    @Override
    public Schedule strength() {
      return share;
    }

    @Override
    public Relative withStrength(Schedule other) {
      return new Relative(other, floor, eigenvalue);
    }

    @Override
    public <T extends TNumber> FactorPair<T> of(
        Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type) {
      Operand<T> part = tf.dtypes.cast(context.strength(), type);
      Operand<T> least = tf.dtypes.cast(floor.at(tf, context.step()), type);
      return scales.map(scale -> tf.math.maximum(tf.math.mul(scale, part), least));
    }
  }

  /** A damping that is the same for every factor. */
  interface Uniform extends Damping {

    /** The damping, a scalar. */
    Operand<TFloat64> number(Ops tf, DampingContext context);

    @Override
    default FactorScale scale() {
      return FactorScale.none();
    }

    @Override
    default boolean couplesFactors() {
      return false;
    }

    @Override
    default <T extends TNumber> FactorPair<T> of(
        Ops tf, FactorPair<T> scales, DampingContext context, Class<T> type) {
      Operand<T> damping = tf.dtypes.cast(number(tf, context), type);
      return scales.map(scale -> tf.math.mul(scale, damping));
    }
  }

  /**
   * The strength itself.
   *
   * @param strength the damping, positive
   */
  record Absolute(Schedule strength) implements Uniform {

    public Absolute {
      Strength.requirePositive("value", strength);
    }

    /** A strength that stays the same. */
    public Absolute(double value) {
      this(Strength.constant("value", value));
    }

    @Override
    public Absolute withStrength(Schedule other) {
      return new Absolute(other);
    }

    @Override
    public Operand<TFloat64> number(Ops tf, DampingContext context) {
      return context.strength();
    }
  }

  /**
   * {@code √λ} for each factor, so that {@code λI} is part of their product (Tang et al. 2021,
   * SKFAC).
   *
   * @param strength λ, positive
   */
  record SquareRoot(Schedule strength) implements Uniform {

    public SquareRoot {
      Strength.requirePositive("lambda", strength);
    }

    /** A strength that stays the same. */
    public SquareRoot(double lambda) {
      this(Strength.constant("lambda", lambda));
    }

    @Override
    public SquareRoot withStrength(Schedule other) {
      return new SquareRoot(other);
    }

    @Override
    public Operand<TFloat64> number(Ops tf, DampingContext context) {
      return tf.math.sqrt(context.strength());
    }
  }
}
