package io.github.tfkfac.extension;

import org.tensorflow.ndarray.Shape;

/**
 * Sparsity structure of a layer's Kronecker factor: the entries that are kept; the others count as
 * zero, so that the inverse has the same structure.
 *
 * <p>The side of the weight matrix that the factor belongs to has {@link #size} entries (those of
 * the input with the bias last, or the outputs).
 */
public sealed interface FactorStructure {

  /** Entries of the side that one factor covers. */
  int size();

  /** Shape of the variable that holds the factor, and of its inverse. */
  Shape shape();

  /** Numbers in the factor. */
  default long entries() {
    return shape().size();
  }

  /**
   * Whether this keeps nothing that a factor of the structure {@code full} does not have.
   *
   * <p>A dense matrix has blocks, a diagonal and an identity of its own size as parts; a stack has
   * the diagonal of all its matrices one after the other, {@code [count · size]}, and the identity.
   */
  default boolean isPartOf(FactorStructure full) {
    if (equals(full)) {
      return true;
    }
    if (full instanceof Stack stack) {
      long all = (long) stack.count() * stack.size();
      return this instanceof Identity || (this instanceof Diagonal && size() == all);
    }
    return size() == full.size()
        && (this instanceof Identity || (full instanceof Full && !(this instanceof Stack)));
  }

  /** A dense matrix, {@code [size, size]}. */
  record Full(int size) implements FactorStructure {

    public Full {
      requirePositive("size", size);
    }

    @Override
    public Shape shape() {
      return Shape.of(size, size);
    }
  }

  /**
   * One dense matrix per group of the layer, {@code [count, size, size]}; the layer's weight matrix
   * is a stack of {@code count} matrices as well.
   */
  record Stack(int count, int size) implements FactorStructure {

    public Stack {
      requirePositive("count", count);
      requirePositive("size", size);
    }

    @Override
    public Shape shape() {
      return Shape.of(count, size, size);
    }
  }

  /**
   * The blocks along the diagonal of one matrix, {@code [ceil(size / blockSize), blockSize,
   * blockSize]}; rows and columns of the last block beyond {@code size} are zero.
   */
  record Blocks(int size, int blockSize) implements FactorStructure {

    public Blocks {
      requirePositive("size", size);
      requirePositive("block size", blockSize);
    }

    /** Number of blocks. */
    public int count() {
      return (size + blockSize - 1) / blockSize;
    }

    @Override
    public Shape shape() {
      return Shape.of(count(), blockSize, blockSize);
    }
  }

  /** The diagonal alone, {@code [size]}. */
  record Diagonal(int size) implements FactorStructure {

    public Diagonal {
      requirePositive("size", size);
    }

    @Override
    public Shape shape() {
      return Shape.of(size);
    }
  }

  /** The identity: nothing is kept, shape {@code [0]}. */
  record Identity(int size) implements FactorStructure {

    public Identity {
      requirePositive("size", size);
    }

    @Override
    public Shape shape() {
      return Shape.of(0);
    }
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected a factor's " + what + " > 0, found " + value);
    }
  }
}
