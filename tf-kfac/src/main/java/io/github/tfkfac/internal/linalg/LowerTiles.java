package io.github.tfkfac.internal.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The inverse {@code X = L⁻¹} of the Cholesky factor of a matrix M, in at most 8×8 tiles of which
 * those above the diagonal are zero.
 *
 * <p>Row by row, with {@code A:B} for tiles next to or below one another:
 *
 * <pre>
 * Lᵢⱼ = (Mᵢⱼ − (Lᵢ₀:…:Lᵢ,ⱼ₋₁)·(Lⱼ₀:…:Lⱼ,ⱼ₋₁)ᵀ)·Xⱼⱼᵀ
 * Xᵢᵢ = chol(Mᵢᵢ − (Lᵢ₀:…:Lᵢ,ᵢ₋₁)·(Lᵢ₀:…:Lᵢ,ᵢ₋₁)ᵀ)⁻¹
 * Xᵢⱼ = −((Xᵢ,ⱼ₊₁:…:Xᵢᵢ)·(Lⱼ₊₁,ⱼ:…:Lᵢⱼ))·Xⱼⱼ
 * </pre>
 *
 * <p>A tile on the diagonal that is too large for one core is divided in its turn. With n tiles per
 * side X and XᵀX take about {@code d³(1/2 + 3/(2n))} multiplications.
 *
 * <p><i>Numerics</i>: X is made as a left inverse, {@code XL = I}, with which {@code XᵀX} leaves
 * the residual of the factorization; as a right inverse it would leave up to five times as much. A
 * tile that is not positive definite makes the last row NaN, and so XᵀX throughout.
 */
final class LowerTiles<T extends TNumber> {

  /** The order up to which one core is as fast as products of tiles. */
  static final int LARGEST_UNDIVIDED = 320;

  /** More tiles save work and take more operations. */
  private static final int MOST_PER_SIDE = 8;

  /** What fills a vector register; orders of tiles are multiples of it. */
  private static final int UNIT = 16;

  private final Ops tf;
  private final Operand<TInt32> vertical;
  private final Operand<TInt32> horizontal;
  private final Class<T> type;
  private final long[] sizes;
  private final Map<Integer, Operand<T>> identities = new HashMap<>();

  /** Row by row the tiles of X up to the diagonal. */
  private final List<List<Operand<T>>> rows = new ArrayList<>();

  /** The rows of L, likewise, without the diagonal. */
  private final List<List<Operand<T>>> factor = new ArrayList<>();

  /**
   * L⁻¹ of a matrix, or of each of a batch.
   *
   * @param matrix larger than {@link #LARGEST_UNDIVIDED}
   */
  LowerTiles(Ops tf, Operand<T> matrix) {
    this.tf = tf;
    this.vertical = tf.constant(-2);
    this.horizontal = tf.constant(-1);
    this.type = matrix.type();
    this.sizes = sizes(Matrices.order(matrix));
    List<Operand<T>> strips = split(matrix, vertical, sizes);
    List<Operand<T>> joined = new ArrayList<>();
    List<Operand<T>> negative = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      Operand<T> last = addFactorRow(split(strips.get(i), horizontal, sizesUpTo(i)), joined);
      addRow(inverseRoot(last), negative);
    }
  }

  private static long[] sizes(int order) {
    int count = Math.min(MOST_PER_SIDE, divideUp(order, LARGEST_UNDIVIDED));
    int size = UNIT * divideUp(divideUp(order, count), UNIT);
    long[] sizes = new long[divideUp(order, size)];
    Arrays.fill(sizes, size);
    sizes[sizes.length - 1] -= (long) size * sizes.length - order;
    return sizes;
  }

  private static int divideUp(int number, int divisor) {
    return (number + divisor - 1) / divisor;
  }

  /** Sizes up to the diagonal of row i, and of the rest as one. */
  private long[] sizesUpTo(int i) {
    long[] parts = Arrays.copyOf(sizes, Math.min(i + 2, sizes.length));
    parts[parts.length - 1] = from(parts.length - 1);
    return parts;
  }

  /** Size of what begins with a tile. */
  private long from(int tile) {
    return Arrays.stream(sizes, tile, sizes.length).sum();
  }

  /**
   * Adds row i of L up to the diagonal.
   *
   * @param tiles the row of M
   * @param joined for every row of L from the second on its tiles as one; the new one is added
   * @return what is left of M's tile on the diagonal
   */
  private Operand<T> addFactorRow(List<Operand<T>> tiles, List<Operand<T>> joined) {
    int i = rows.size();
    List<Operand<T>> left = new ArrayList<>();
    for (int j = 0; j < i; j++) {
      Operand<T> rest =
          j == 0
              ? tiles.get(0)
              : minusProduct(tiles.get(j), join(horizontal, left), joined.get(j - 1));
      left.add(Matrices.multiplyByTransposed(tf, rest, rows.get(j).get(j)));
    }
    factor.add(left);
    if (i == 0) {
      return tiles.get(0);
    }
    Operand<T> all = join(horizontal, left);
    joined.add(all);
    return minusProduct(tiles.get(i), all, all);
  }

  /** {@code M − A·Bᵀ}. */
  private Operand<T> minusProduct(Operand<T> matrix, Operand<T> a, Operand<T> b) {
    return tf.math.sub(matrix, Matrices.multiplyByTransposed(tf, a, b));
  }

  /** The inverse of the Cholesky factor of a tile. */
  private Operand<T> inverseRoot(Operand<T> tile) {
    int order = Matrices.order(tile);
    return order <= LARGEST_UNDIVIDED
        ? tf.linalg.triangularSolve(
            tf.linalg.cholesky(tile),
            identities.computeIfAbsent(order, any -> Matrices.identity(tf, order, type)))
        : new LowerTiles<>(tf, tile).dense();
  }

  /**
   * Adds row i of X.
   *
   * @param diagonal its last tile
   * @param negative −Xⱼⱼ of the rows before; the last one of them is added
   */
  private void addRow(Operand<T> diagonal, List<Operand<T>> negative) {
    int i = rows.size();
    if (i > 0) {
      negative.add(tf.math.neg(rows.get(i - 1).get(i - 1)));
    }
    List<Operand<T>> row = new ArrayList<>(List.of(diagonal));
    for (int j = i - 1; j >= 0; j--) {
      Operand<T> product = Matrices.multiply(tf, join(horizontal, row), column(factor, j, j + 1));
      row.add(0, Matrices.multiply(tf, product, negative.get(j)));
    }
    rows.add(row);
  }

  /** X as one matrix. */
  private Operand<T> dense() {
    List<Operand<T>> full = new ArrayList<>();
    for (List<Operand<T>> row : rows) {
      List<Operand<T>> filled = new ArrayList<>(row);
      if (row.size() < sizes.length) {
        Shape tile = row.get(0).shape();
        Shape zeros = tile.take(tile.numDimensions() - 1).append(from(row.size()));
        filled.add(tf.fill(tf.constant(zeros), tf.constant(type, 0)));
      }
      full.add(join(horizontal, filled));
    }
    return join(vertical, full);
  }

  /** {@code M⁻¹ = XᵀX}, symmetric to the last bit. */
  Operand<T> gram() {
    List<List<Operand<T>>> tiles = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      Operand<T> own = column(rows, i, i);
      List<Operand<T>> row = new ArrayList<>();
      for (int j = 0; j < i; j++) {
        row.add(Matrices.multiplyTransposed(tf, own, column(rows, j, i)));
      }
      row.add(Matrices.symmetrize(tf, Matrices.multiplyTransposed(tf, own, own)));
      tiles.add(row);
    }
    List<Operand<T>> full = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      List<Operand<T>> row = new ArrayList<>(tiles.get(i));
      for (int j = i + 1; j < sizes.length; j++) {
        row.add(Matrices.transpose(tf, tiles.get(j).get(i)));
      }
      full.add(join(horizontal, row));
    }
    return join(vertical, full);
  }

  /** The tiles of column j from row i on, joined. */
  private Operand<T> column(List<List<Operand<T>>> tiles, int j, int i) {
    return join(vertical, tiles.subList(i, tiles.size()).stream().map(row -> row.get(j)).toList());
  }

  private Operand<T> join(Operand<TInt32> axis, List<Operand<T>> tiles) {
    return tiles.size() == 1 ? tiles.get(0) : tf.concat(tiles, axis);
  }

  private List<Operand<T>> split(Operand<T> matrix, Operand<TInt32> axis, long[] parts) {
    List<Operand<T>> split = new ArrayList<>();
    tf.splitV(matrix, tf.constant(parts), axis, (long) parts.length).forEach(split::add);
    return split;
  }
}
