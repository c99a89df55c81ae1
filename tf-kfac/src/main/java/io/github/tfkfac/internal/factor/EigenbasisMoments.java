package io.github.tfkfac.internal.factor;

import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.factor.ExampleRows.BatchPart;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.BatchMatMul;
import org.tensorflow.types.family.TNumber;

/**
 * The diagonal of a layer's Fisher block in an eigenbasis, {@code S = (1/N) Σₙ (Q_Aᵀ ∇ₙ Q_G)²}
 * entry by entry, with the gradients per example {@code ∇ₙ = Σ x̄ᵀg}, {@code g = N ∂L/∂s}, summed
 * over positions and over the uses of the weight, and S over the backward passes of the Fisher
 * matrix.
 *
 * <p>Among all diagonals in this basis S is nearest to the Fisher block of the batch, so never
 * farther than {@code λ_A λ_Gᵀ}, with which it agrees for a dense layer and one example.
 *
 * <p><i>Shapes</i>: {@code [inputSize, outputSize]}; {@code [groups, inputSize, outputSize]} for a
 * grouped or depthwise convolution. <i>Scale</i>: mean over the examples of a loss that is a mean
 * over them. <i>Memory</i>: gradients per example are formed for a part of the batch at a time, at
 * most {@value #PART_BYTES} bytes or one example (a batch of unknown size is taken as {@value
 * #TYPICAL_BATCH}). <i>Source</i>: George et al. 2018, equation 8 (EKFAC).
 */
public final class EigenbasisMoments {

  private static final long PART_BYTES = 256L << 20;
  private static final int TYPICAL_BATCH = 128;

  /** Stands in for an unknown number of positions. */
  private static final long TYPICAL_POSITIONS = 256;

  private EigenbasisMoments() {}

  /**
   * Adds the nodes that compute S; creates no variables.
   *
   * @throws IllegalArgumentException if {@link Eigenbasis#obstacle} has something against the layer
   */
  public static <T extends TNumber> Operand<T> of(Ops tf, FisherTap<T> tap, Eigenbasis<T> basis) {
    return of(tf, tap, basis, PART_BYTES);
  }

  static <T extends TNumber> Operand<T> of(
      Ops tf, FisherTap<T> tap, Eigenbasis<T> basis, long partBytes) {
    LayerSite<T> site = tap.site();
    Optional<String> obstacle =
        Eigenbasis.obstacle(site, site.inputStructure(), site.outputStructure());
    if (obstacle.isPresent()) {
      throw new UnsupportedLayerException(
          site.name(), "expected a layer with gradients per example: " + obstacle.get());
    }
    Tap<T> first = tap.columns().get(0);
    Operand<T> examples = Sums.count(tf, first.gradient(tf, first.flows().get(0)), 0);
    long positions = positions(tap.columns().get(0));
    Operand<T> sum =
        positions == 1 && site.inputStructure() instanceof FactorStructure.Full
            ? ofSingleRows(tf, tap, basis)
            : ofPositions(tf, tap, basis, positions, parts(tap, positions, partBytes));
    return tf.math.mul(examples, sum);
  }

  /**
   * {@code ((x̄ Q_A)²)ᵀ (g Q_G)²}: the square of an outer product is the outer product of squares.
   */
  private static <T extends TNumber> Operand<T> ofSingleRows(
      Ops tf, FisherTap<T> tap, Eigenbasis<T> basis) {
    LayerSite<T> site = tap.site();
    ExampleRows<T> rows = new ExampleRows<>(site, new BatchPart(0, 1));
    Operand<T> x = Sums.asRows(tf, rows.inputs(tf, tap.columns().get(0)), site.inputSize());
    List<Operand<T>> squares = new ArrayList<>();
    for (Tap<T> column : tap.columns()) {
      Operand<T> g = Sums.asRows(tf, rows.gradients(tf, column), site.outputSize());
      squares.add(tf.math.square(times(tf, g, basis.output())));
    }
    return Sums.products(tf, tf.math.square(times(tf, x, basis.input())), Sums.added(tf, squares));
  }

  private static <T extends TNumber> Operand<T> ofPositions(
      Ops tf, FisherTap<T> tap, Eigenbasis<T> basis, long positions, int parts) {
    Operand<T> sum = ofPart(tf, tap, basis, positions, new BatchPart(0, parts));
    for (int part = 1; part < parts; part++) {
      Ops after = OrderedOps.after(tf, List.of(sum));
      sum = tf.math.add(sum, ofPart(after, tap, basis, positions, new BatchPart(part, parts)));
    }
    return sum;
  }

  private static <T extends TNumber> Operand<T> ofPart(
      Ops tf, FisherTap<T> tap, Eigenbasis<T> basis, long positions, BatchPart part) {
    LayerSite<T> site = tap.site();
    ExampleRows<T> rows = new ExampleRows<>(site, part);
    double in = site.inputSize();
    double out = site.outputSize();
    boolean rowsFirst = positions * (in * in + out * out) < in * out * (in + out);
    if (site.kind() instanceof LayerKind.Embedding) {
      return ofTable(tf, tap, basis, rows);
    }
    Operand<T> x = rows.inputs(tf, tap.columns().get(0));
    Operand<T> projectedX = rowsFirst ? times(tf, x, basis.input()) : x;
    List<Operand<T>> squares = new ArrayList<>();
    for (Tap<T> column : tap.columns()) {
      Operand<T> g = rows.gradients(tf, column);
      Operand<T> gradients =
          rowsFirst
              ? transposedTimes(tf, projectedX, times(tf, g, basis.output()))
              : project(tf, transposedTimes(tf, x, g), basis);
      squares.add(tf.reduceSum(tf.math.square(gradients), tf.constant(0)));
    }
    return Sums.added(tf, squares);
  }

  /** An example's gradient of an embedding: the output gradients added up row by row. */
  private static <T extends TNumber> Operand<T> ofTable(
      Ops tf, FisherTap<T> tap, Eigenbasis<T> basis, ExampleRows<T> rows) {
    List<Operand<T>> squares = new ArrayList<>();
    for (Tap<T> column : tap.columns()) {
      Operand<T> g = times(tf, rows.gradients(tf, column), basis.output());
      Operand<T> gradients = rows.scattered(tf, column, g);
      Operand<T> projected =
          basis.input().map(q -> transposedTimes(tf, q, gradients)).orElse(gradients);
      squares.add(tf.reduceSum(tf.math.square(projected), tf.constant(0)));
    }
    return Sums.added(tf, squares);
  }

  private static <T extends TNumber> Operand<T> project(
      Ops tf, Operand<T> gradients, Eigenbasis<T> basis) {
    Operand<T> left = basis.input().map(q -> transposedTimes(tf, q, gradients)).orElse(gradients);
    return times(tf, left, basis.output());
  }

  private static <T extends TNumber> Operand<T> transposedTimes(
      Ops tf, Operand<T> left, Operand<T> right) {
    return tf.train.batchMatMul(left, right, right.type(), BatchMatMul.adjX(true));
  }

  /** {@code rows·Q}, or the rows as they are. */
  private static <T extends TNumber> Operand<T> times(
      Ops tf, Operand<T> rows, Optional<Operand<T>> vectors) {
    if (vectors.isEmpty()) {
      return rows;
    }
    Operand<T> q = vectors.get();
    if (q.shape().numDimensions() > 2) {
      return tf.train.batchMatMul(rows, q, q.type());
    }
    int width = Math.toIntExact(Sums.staticSize(q, 0));
    return tf.reshape(tf.linalg.matMul(Sums.asRows(tf, rows, width), q), tf.shape(rows));
  }

  private static <T extends TNumber> int parts(FisherTap<T> tap, long positions, long partBytes) {
    LayerSite<T> site = tap.site();
    long element = ElementSize.of(site.weight().type());
    long inputRow = site.kind() instanceof LayerKind.Embedding ? 1 : site.inputSize();
    long ofRows = 2 * positions * (inputRow + site.outputSize());
    long gradients = 3L * tap.columns().size() * site.inputSize() * site.outputSize();
    long ofExample = element * site.blocks() * (ofRows + gradients);
    Shape rows = tap.columns().get(0).flows().get(0).rows();
    long batch = rows.isUnknown() ? Shape.UNKNOWN_SIZE : rows.get(0);
    long examples = batch == Shape.UNKNOWN_SIZE ? TYPICAL_BATCH : batch;
    long inPart = Math.max(1, partBytes / ofExample);
    return Math.toIntExact((examples + inPart - 1) / inPart);
  }

  /** Rows of one example over all uses of the weight, about. */
  private static <T extends TNumber> long positions(Tap<T> tap) {
    long sum = 0;
    for (Tap.Flow<T> flow : tap.flows()) {
      Shape shape = flow.rows();
      Shape between = shape.isUnknown() ? shape : shape.subShape(1, shape.numDimensions() - 1);
      if (between.hasUnknownDimension()) {
        return TYPICAL_POSITIONS;
      }
      sum += between.size();
    }
    return sum;
  }
}
