package io.github.tfkfac.precondition;

import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.linalg.Eigendecomposition;
import io.github.tfkfac.linalg.Matrices;
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

  /** {@code QᵀX}. */
  Operand<T> rowsToBasis(Ops tf, Operand<T> matrix) {
    FactorProduct.requireSide(structure, matrix, -2);
    if (basis.isEmpty()) {
      return matrix;
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockRows.cut(tf, blocks, matrix);
      return BlockRows.flatten(tf, blocks, Matrices.multiplyTransposed(tf, basis.get(), cut));
    }
    return Matrices.multiplyTransposed(tf, basis.get(), matrix);
  }

  /** {@code Q·Y}. */
  Operand<T> rowsFromBasis(Ops tf, Operand<T> matrix) {
    if (basis.isEmpty()) {
      return matrix;
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockRows.cut(tf, filled(blocks), matrix);
      return BlockRows.join(tf, blocks, Matrices.multiply(tf, basis.get(), cut));
    }
    return Matrices.multiply(tf, basis.get(), matrix);
  }

  /** {@code X·Q}. */
  Operand<T> columnsToBasis(Ops tf, Operand<T> matrix) {
    FactorProduct.requireSide(structure, matrix, -1);
    if (basis.isEmpty()) {
      return matrix;
    }
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockColumns.cut(tf, blocks, matrix);
      return BlockColumns.flatten(tf, blocks, Matrices.multiply(tf, cut, basis.get()));
    }
    return Matrices.multiply(tf, matrix, basis.get());
  }

  /** {@code Y·Qᵀ}. */
  Operand<T> columnsFromBasis(Ops tf, Operand<T> matrix) {
    if (basis.isEmpty()) {
      return matrix;
    }
    Operand<T> transposed = Matrices.transpose(tf, basis.get());
    if (structure instanceof FactorStructure.Blocks blocks) {
      Operand<T> cut = BlockColumns.cut(tf, filled(blocks), matrix);
      return BlockColumns.join(tf, blocks, Matrices.multiply(tf, cut, transposed));
    }
    return Matrices.multiply(tf, matrix, transposed);
  }

  /** The eigenvalues in the order of a matrix's rows (-2) or columns (-1) in the basis. */
  Operand<T> flatValues(Ops tf, Shape matrix, int side) {
    Operand<T> built = values.get();
    if (structure instanceof FactorStructure.Blocks) {
      return tf.reshape(built, tf.constant(new int[] {-1}));
    }
    return basis.isPresent() ? built : FactorProduct.perGroup(tf, built, matrix, side);
  }

  /** The blocks of a side whose size is a multiple of the block size. */
  private static FactorStructure.Blocks filled(FactorStructure.Blocks blocks) {
    return new FactorStructure.Blocks(blocks.count() * blocks.blockSize(), blocks.blockSize());
  }
}
