package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.internal.linalg.Eigendecomposition;
import io.github.tfkfac.internal.linalg.Matrices;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * One side of a layer in the eigenbasis of its factor.
 *
 * <p>With {@code Blocks} a matrix in the basis keeps the rows (or columns) that fill up the last
 * block: {@code count * blockSize} of them.
 *
 * @param structure what is kept of the factor
 * @param basis eigenvectors as columns, in the shape of the structure; absent for a diagonal factor
 *     and for the identity, whose basis is the standard one
 * @param values builds the eigenvalues: the structure's shape without its last dimension; {@code
 *     [size]} for a diagonal factor and for the identity
 */
public record EigenSide<T extends TNumber>(
    FactorStructure structure, Optional<Operand<T>> basis, Supplier<Operand<T>> values) {

  /**
   * @throws IllegalArgumentException if there is a basis although the structure needs none, or none
   *     although it needs one, or its shape does not fit
   */
  public EigenSide {
    if (basis.isPresent() != hasBasis(structure)) {
      throw new IllegalArgumentException(
          "expected %s for a factor %s, found %s"
              .formatted(
                  hasBasis(structure) ? "a basis" : "no basis",
                  structure,
                  basis.map(found -> found.asOutput().toString()).orElse("none")));
    }
    basis.ifPresent(
        found -> {
          if (!structure.shape().isCompatibleWith(found.shape())) {
            throw new IllegalArgumentException(
                "expected a basis of shape %s for a factor %s, found %s"
                    .formatted(structure.shape(), structure, found.asOutput()));
          }
        });
  }

  /** Whether a factor of that structure has a basis other than the standard one. */
  public static boolean hasBasis(FactorStructure structure) {
    return !(structure instanceof FactorStructure.Diagonal
        || structure instanceof FactorStructure.Identity);
  }

  /** The side of a factor, decomposed. */
  public static <T extends TNumber> EigenSide<T> of(
      Ops tf, FactorStructure structure, Operand<T> factor) {
    if (structure instanceof FactorStructure.Identity) {
      return new EigenSide<>(
          structure,
          Optional.empty(),
          () -> tf.fill(tf.array(structure.size()), tf.constantOfSameType(factor, 1)));
    }
    if (structure instanceof FactorStructure.Diagonal) {
      return new EigenSide<>(
          structure,
          Optional.empty(),
          () -> tf.math.maximum(factor, tf.constantOfSameType(factor, 0)));
    }
    Eigendecomposition<T> eigen = Eigendecomposition.of(tf, factor);
    return new EigenSide<>(structure, Optional.of(eigen.basis()), eigen::values);
  }

  /** {@code QᵀX} of the rows, {@code X·Q} of the columns. */
  Operand<T> toBasis(Ops tf, Side side, Operand<T> matrix) {
    FactorProduct.requireSide(structure, matrix, side);
    if (basis.isEmpty()) {
      return matrix;
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      return side.flatten(tf, blocks, inBasis(tf, side, side.cut(tf, blocks, matrix)));
    }
    return inBasis(tf, side, matrix);
  }

  private Operand<T> inBasis(Ops tf, Side side, Operand<T> matrix) {
    return side == Side.INPUT
        ? Matrices.multiplyTransposed(tf, basis.orElseThrow(), matrix)
        : Matrices.multiply(tf, matrix, basis.orElseThrow());
  }

  /** {@code Q·Y} of the rows, {@code Y·Qᵀ} of the columns. */
  Operand<T> fromBasis(Ops tf, Side side, Operand<T> matrix) {
    if (basis.isEmpty()) {
      return matrix;
    }
    Operand<T> factor = side == Side.INPUT ? basis.get() : Matrices.transpose(tf, basis.get());
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = side.cut(tf, filled(blocks), matrix);
      return side.join(tf, blocks, side.product(tf, factor, cut));
    }
    return side.product(tf, factor, matrix);
  }

  /** Eigenvalues in the order of a matrix's side in the basis. */
  static <T extends TNumber> Operand<T> flat(
      Ops tf, FactorStructure structure, Operand<T> values, Shape matrix, Side side) {
    if (structure instanceof FactorStructure.Blocks) {
      return tf.reshape(values, tf.constant(new int[] {-1}));
    }
    return hasBasis(structure) ? values : FactorProduct.perGroup(tf, values, matrix, side);
  }

  /** The blocks of a side whose size is a multiple of the block size. */
  private static FactorStructure.Blocks filled(FactorStructure.Blocks blocks) {
    return new FactorStructure.Blocks(blocks.count() * blocks.blockSize(), blocks.blockSize());
  }
}
