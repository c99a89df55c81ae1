package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Pool of several workers, each with as many examples as the others or with a mask of those that
 * count.
 *
 * @param inputsAreGradients whether what stands for the inputs is made of output gradients, as of a
 *     scale and shift
 * @param uses rows of an example: the uses of the weight
 * @param counted the examples that count, if not all do
 */
record SharedPool<T extends TNumber>(
    Workers workers,
    Class<T> type,
    boolean inputsAreGradients,
    int uses,
    Optional<Counted<T>> counted)
    implements Pool<T> {

  /**
   * Examples that count.
   *
   * @param mask {@code [n]}, this worker's
   * @param own how many this worker has, a scalar
   * @param all how many all workers have
   */
  private record Counted<T extends TNumber>(Operand<TBool> mask, Operand<T> own, Operand<T> all) {}

  static <T extends TNumber> SharedPool<T> of(
      Ops tf, Workers workers, LayerSite<T> site, Optional<Operand<TBool>> mask) {
    Class<T> type = site.weight().type();
    return new SharedPool<>(
        workers,
        type,
        site.kind() instanceof LayerKind.ScaleShift,
        site.uses().size(),
        mask.map(
            flags -> {
              Operand<T> own = tf.reduceSum(tf.dtypes.cast(flags, type), tf.constant(0));
              return new Counted<>(flags, own, workers.sum(tf, own));
            }));
  }

  @Override
  public Operand<T> inputs(Ops tf, Operand<T> ofPart) {
    double share = inputsAreGradients ? share() * share() : 1;
    return counted
        .<Operand<T>>map(
            examples ->
                tf.math.div(
                    workers.sum(
                        tf, scaled(tf, tf.math.mul(known(tf, ofPart), examples.own()), share)),
                    examples.all()))
        .orElseGet(() -> workers.mean(tf, scaled(tf, ofPart, share)));
  }

  @Override
  public Operand<T> gradients(Ops tf, Operand<T> ofPart) {
    return counted
        .<Operand<T>>map(
            examples ->
                tf.math.mul(
                    workers.sum(
                        tf,
                        scaled(
                            tf,
                            tf.math.divNoNan(known(tf, ofPart), examples.own()),
                            share() * share())),
                    examples.all()))
        // N examples are as many as all workers have: one share is left of two.
        .orElseGet(() -> workers.mean(tf, ofPart));
  }

  @Override
  public Operand<T> inputColumns(Ops tf, Operand<T> ofPart) {
    double share = inputsAreGradients ? share() : 1;
    return columns(
        tf,
        ofPart,
        share * Math.sqrt(share()),
        share,
        examples -> tf.math.divNoNan(examples.own(), examples.all()));
  }

  @Override
  public Operand<T> gradientColumns(Ops tf, Operand<T> ofPart) {
    return columns(
        tf,
        ofPart,
        Math.sqrt(share()),
        share(),
        examples -> tf.math.divNoNan(examples.all(), examples.own()));
  }

  private interface Ratio<T extends TNumber> {
    Operand<T> of(Counted<T> examples);
  }

  /**
   * The columns of all workers.
   *
   * @param whenAllCount factor if all examples count
   * @param otherwise factor besides the root of the ratio if they do not
   */
  private Operand<T> columns(
      Ops tf, Operand<T> ofPart, double whenAllCount, double otherwise, Ratio<T> ratio) {
    Operand<T> columns =
        counted
            .map(
                examples ->
                    filled(
                        tf,
                        tf.math.mul(
                            known(tf, ofPart),
                            scaled(tf, tf.math.sqrt(ratio.of(examples)), otherwise)),
                        examples.mask()))
            .orElseGet(() -> scaled(tf, ofPart, whenAllCount));
    int rank = ofPart.shape().numDimensions();
    List<Integer> first = new ArrayList<>(List.of(rank - 1));
    List<Integer> last = new ArrayList<>();
    for (int i = 0; i < rank - 1; i++) {
      first.add(i);
      last.add(i + 1);
    }
    last.add(0);
    return tf.linalg.transpose(
        workers.gather(tf, tf.linalg.transpose(columns, axes(tf, first))), axes(tf, last));
  }

  private static Operand<TInt32> axes(Ops tf, List<Integer> axes) {
    return tf.constant(axes.stream().mapToInt(Integer::intValue).toArray());
  }

  /** With columns of zeros, which change nothing, in place of those that do not count. */
  private Operand<T> filled(Ops tf, Operand<T> columns, Operand<TBool> mask) {
    int rank = columns.shape().numDimensions();
    Operand<TInt32> last = tf.constant(rank - 1);
    Operand<TInt32> there = tf.gather(tf.shape(columns), last, tf.constant(0));
    Operand<TInt32> missing = tf.math.sub(tf.math.mul(tf.size(mask), tf.constant(uses)), there);
    Operand<TInt32> sizes =
        tf.concat(
            List.of(
                tf.slice(tf.shape(columns), tf.array(0), tf.array(rank - 1)),
                tf.reshape(missing, tf.array(1))),
            tf.constant(0));
    return tf.concat(List.of(columns, tf.fill(sizes, tf.constantOfSameType(columns, 0))), last);
  }

  /** Zeros if no example counts, where a value has no meaning. */
  private Operand<T> known(Ops tf, Operand<T> ofPart) {
    return counted
        .<Operand<T>>map(
            examples ->
                tf.select(
                    tf.math.greater(examples.own(), tf.constantOfSameType(ofPart, 0)),
                    ofPart,
                    tf.zerosLike(ofPart)))
        .orElse(ofPart);
  }

  private double share() {
    return 1.0 / workers.count();
  }

  private Operand<T> scaled(Ops tf, Operand<T> value, double factor) {
    return factor == 1 ? value : tf.math.mul(value, tf.constant(type, factor));
  }
}
