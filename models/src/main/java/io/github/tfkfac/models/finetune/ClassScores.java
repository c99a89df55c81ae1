package io.github.tfkfac.models.finetune;

import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.Labels;
import io.github.tfkfac.models.train.Pass;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Logits with the loss that is taken of them, in float64 if they are, otherwise in float32.
 *
 * <p>Labels are one-hot. A single output stands for two classes that share it: its target is 1 for
 * the second class.
 *
 * @param loss the loss
 * @param logits {@code [N, K]}
 */
record ClassScores<T extends TNumber>(ClassificationLoss loss, Operand<T> logits) {

  /** The type in which a loss of logits is computed. */
  static Class<? extends TNumber> lossType(Output<?> logits) {
    return logits.type().equals(TFloat64.class) ? TFloat64.class : TFloat32.class;
  }

  /** A tensor of logits as a matrix of a type, one row per example. */
  static <T extends TNumber> Operand<T> matrix(Ops tf, Output<?> logits, Class<T> type) {
    @SuppressWarnings("unchecked") // logits are numbers
    Output<? extends TNumber> numbers = (Output<? extends TNumber>) logits;
    Operand<T> cast = cast(tf, numbers, type);
    return logits.shape().numDimensions() == 2
        ? cast
        : tf.reshape(
            cast, tf.constant(new long[] {-1, OutputPath.columns(logits.shape()).orElseThrow()}));
  }

  @SuppressWarnings("unchecked") // the type was just compared
  static <T extends TNumber> Operand<T> cast(
      Ops tf, Operand<? extends TNumber> numbers, Class<T> type) {
    return numbers.type().equals(type) ? (Operand<T>) numbers : tf.dtypes.cast(numbers, type);
  }

  /** Number of classes that labels tell apart. */
  int classes() {
    return single() ? 2 : Math.toIntExact(logits.shape().get(1));
  }

  private boolean single() {
    return logits.shape().get(1) == 1;
  }

  /** The mean loss of a batch. */
  Operand<T> loss(Ops tf, Operand<TFloat32> labels) {
    Operand<T> typed = cast(tf, labels, logits.type());
    return loss.loss(tf, logits, single() ? column(tf, typed, 1) : typed);
  }

  /** Predictive distribution of the model. */
  PredictiveDistribution<?> predicted() {
    return loss.predicted(logits);
  }

  /** A number per class, the largest that of the predicted class. */
  Operand<TFloat32> perClass(Ops tf) {
    Operand<TFloat32> scores = cast(tf, logits, TFloat32.class);
    return single() ? tf.concat(List.of(tf.zerosLike(scores), scores), tf.constant(1)) : scores;
  }

  /** Loss and accuracy of the rows that have a label: what fills up a fixed batch has none. */
  Pass<TFloat32> pass(Ops tf, Operand<TFloat32> labels) {
    Operand<TInt32> count =
        tf.dtypes.cast(tf.math.round(tf.sum(labels, tf.array(0, 1))), TInt32.class);
    ClassScores<T> real = new ClassScores<>(loss, rows(tf, logits, count));
    Operand<TFloat32> realLabels = rows(tf, labels, count);
    Operand<T> value = real.loss(tf, realLabels);
    return new Pass<>(
        perClass(tf),
        cast(tf, value, TFloat32.class),
        cast(tf, value, TFloat64.class),
        Labels.correctCount(tf, real.perClass(tf), realLabels));
  }

  private static <T extends TNumber> Operand<T> rows(
      Ops tf, Operand<T> matrix, Operand<TInt32> count) {
    long columns = matrix.shape().get(1);
    Operand<TInt32> size = tf.stack(List.of(count, tf.constant(Math.toIntExact(columns))));
    return tf.reshape(
        tf.slice(matrix, tf.array(0, 0), size), tf.constant(new long[] {-1, columns}));
  }

  private static <T extends TNumber> Operand<T> column(Ops tf, Operand<T> matrix, int index) {
    return tf.slice(matrix, tf.array(0, index), tf.array(-1, 1));
  }
}
