package io.github.tfkfac;

import io.github.tfkfac.internal.worker.Alone;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The workers that train one model, each with a part of every batch, and what their graphs exchange
 * in a step.
 *
 * <p>Every worker builds the same exchanges in the same order and runs all of them equally often;
 * one that is run by some workers only waits for the others until its time limit. Exchanges that do
 * not depend on one another need no order among them. Of a run whose exchanges are all behind gates
 * one must be made unconditionally: TensorFlow gives the runs of a worker the numbers by which
 * their exchanges meet, starting where worker 0 is at the first one, which would be ahead. A worker
 * alone exchanges nothing and adds no operation.
 *
 * <p><i>Numerics</i>: all workers get the same bits. The order of additions depends on the number
 * of workers.
 */
public interface Workers {

  /** One process that trains alone. */
  static Workers alone() {
    return new Alone();
  }

  /** How many there are, at least 1. */
  int count();

  /** The place of this one, from 0. */
  int index();

  /** Whether there is no other. */
  default boolean isAlone() {
    return count() == 1;
  }

  /** The sum over all workers, of a value that has the same shape on each. */
  <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value);

  /**
   * The sum over all workers, for one of them: half of what {@link #sum} exchanges.
   *
   * @param owner who gets it
   * @param value of known shape, the same on each worker
   * @return the sum at the owner; elsewhere a part of it, which was passed on when it is there
   */
  <T extends TNumber> Operand<T> sumAt(Ops tf, int owner, Operand<T> value);

  /** The mean over all workers, of a floating-point value that has the same shape on each. */
  <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> value);

  /**
   * The sums of several values in one exchange.
   *
   * @param values of known shapes
   */
  <T extends TNumber> List<Operand<T>> sums(Ops tf, List<Operand<T>> values);

  /**
   * The means of several values in a few exchanges, each of which starts when its values are there.
   *
   * @param values in the order in which they will be there
   */
  <T extends TNumber> List<Operand<T>> means(Ops tf, List<Operand<T>> values);

  /** The values of all workers one after the other along the first dimension. */
  <T extends TNumber> Operand<T> gather(Ops tf, Operand<T> value);

  /**
   * The value of one worker on all.
   *
   * @param owner whose
   * @param value on the owner what is sent; ignored elsewhere
   * @param shape known
   */
  <T extends TNumber> Operand<T> broadcast(
      Ops tf, int owner, Optional<Operand<T>> value, Shape shape, Class<T> type);
}
