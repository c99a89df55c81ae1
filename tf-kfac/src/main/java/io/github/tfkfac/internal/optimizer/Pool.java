package io.github.tfkfac.internal.optimizer;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Makes values of a whole batch from those of the part of it that this worker has.
 *
 * <p><i>Scale</i>: the loss of the batch is the mean of the losses of the workers' parts. Of an
 * output gradient g of the part's loss that of the batch's is {@code g / workers}.
 */
public interface Pool<T extends TNumber> {

  /** A mean over examples of products of inputs. */
  Operand<T> inputs(Ops tf, Operand<T> ofPart);

  /** A mean over N examples of products of {@code N·g}. */
  Operand<T> gradients(Ops tf, Operand<T> ofPart);

  /** The columns of all examples along the last dimension, {@code x/√N} each. */
  Operand<T> inputColumns(Ops tf, Operand<T> ofPart);

  /** The columns of all examples along the last dimension, {@code √N·g} each. */
  Operand<T> gradientColumns(Ops tf, Operand<T> ofPart);

  /** Pool of a worker that has the whole batch. */
  record Whole<T extends TNumber>() implements Pool<T> {

    @Override
    public Operand<T> inputs(Ops tf, Operand<T> ofPart) {
      return ofPart;
    }

    @Override
    public Operand<T> gradients(Ops tf, Operand<T> ofPart) {
      return ofPart;
    }

    @Override
    public Operand<T> inputColumns(Ops tf, Operand<T> ofPart) {
      return ofPart;
    }

    @Override
    public Operand<T> gradientColumns(Ops tf, Operand<T> ofPart) {
      return ofPart;
    }
  }
}
