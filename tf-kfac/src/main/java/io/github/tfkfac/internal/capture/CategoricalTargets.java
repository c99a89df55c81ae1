package io.github.tfkfac.internal.capture;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.PredictiveDistribution;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * One class of K, with probabilities {@code p = softmax(z)}.
 *
 * <p>Drawn: {@code (p - e_y)/N} with {@code y ~ p}; columns: {@code √p_k (e_k - p)/N}, for one
 * position at a time.
 */
public record CategoricalTargets<T extends TNumber>(Operand<T> output, Averaging averaging)
    implements PredictiveDistribution<T> {

  public CategoricalTargets {
    Shape shape = output.shape();
    if (shape.isUnknown() || shape.numDimensions() < 2) {
      throw new IllegalArgumentException(
          "expected logits [N, ..., classes] of a categorical distribution, found '%s' with shape %s; reshape them"
              .formatted(output.op().name(), shape));
    }
    if (shape.get(shape.numDimensions() - 1) == Shape.UNKNOWN_SIZE) {
      throw new IllegalArgumentException(
          "expected logits with a known number of classes, found '%s' with shape %s; reshape them"
              .formatted(output.op().name(), shape));
    }
    if (output.op().type().equals("Softmax")) {
      throw new IllegalArgumentException(
          "expected logits of a categorical distribution, found the probabilities '%s'; pass what goes into the softmax"
              .formatted(output.op().name()));
    }
  }

  @Override
  public Operand<T> sampledGradient(Ops tf, Operand<TInt64> seeds) {
    Class<T> type = output.type();
    Operand<T> rows = tf.reshape(output, tf.array(-1, classes()));
    Operand<TInt32> drawn =
        tf.reshape(
            tf.random.statelessMultinomial(rows, tf.constant(1), seeds, TInt32.class),
            tf.array(-1));
    Operand<T> targets =
        tf.oneHot(drawn, tf.constant(classes()), tf.constant(type, 1), tf.constant(type, 0));
    Operand<T> gradient = tf.math.sub(tf.nn.softmax(rows), targets);
    return HessianRoot.likeOutput(tf, tf.math.div(gradient, averaging.terms(tf, output)), output);
  }

  @Override
  public List<Operand<T>> hessianRootColumns(Ops tf) {
    int classes = classes();
    int positions = HessianRoot.columns(output) / classes;
    Operand<T> probabilities = tf.nn.softmax(tf.reshape(output, tf.array(-1, positions, classes)));
    Operand<T> terms = averaging.terms(tf, output);
    List<Operand<T>> columns = new ArrayList<>();
    for (int position = 0; position < positions; position++) {
      Operand<T> here = slice(tf, probabilities, position, 0, classes);
      for (int k = 0; k < classes; k++) {
        Operand<T> root = tf.math.sqrt(slice(tf, probabilities, position, k, 1));
        Operand<T> column =
            tf.math.sub(HessianRoot.embed(tf, root, 2, k, classes), tf.math.mul(root, here));
        Operand<T> map = HessianRoot.embed(tf, tf.math.div(column, terms), 1, position, positions);
        columns.add(HessianRoot.likeOutput(tf, map, output));
      }
    }
    return columns;
  }

  @Override
  public PredictiveDistribution<T> of(Operand<T> passed) {
    return new CategoricalTargets<>(passed, averaging);
  }

  private int classes() {
    return Math.toIntExact(output.shape().get(output.shape().numDimensions() - 1));
  }

  private static <T extends TNumber> Operand<T> slice(
      Ops tf, Operand<T> probabilities, int position, int firstClass, int classes) {
    return tf.slice(probabilities, tf.array(0, position, firstClass), tf.array(-1, 1, classes));
  }
}
