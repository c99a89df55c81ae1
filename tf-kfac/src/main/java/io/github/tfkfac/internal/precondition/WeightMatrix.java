package io.github.tfkfac.internal.precondition;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.WeightView;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * Brings a layer's weight and bias gradients into the shape of the layer's factors and back.
 *
 * <p><i>Shapes</i>: the matrix is {@code [inputSize, outputSize]} with the bias as last row; for a
 * layer of several blocks {@code [blocks, inputSize, outputSize]}.
 */
public final class WeightMatrix {

  private WeightMatrix() {}

  /**
   * Values for a layer's variables.
   *
   * @param weight in the weight variable's shape
   * @param bias in the bias variable's shape, if the layer has a bias
   */
  public record Parts<T extends TNumber>(Operand<T> weight, Optional<Operand<T>> bias) {}

  /** The matrix of a layer's weight and bias. */
  public static <T extends TNumber> Operand<T> join(Ops tf, LayerSite<T> site, Parts<T> parts) {
    Operand<T> weight = weightRows(tf, site, parts.weight());
    if (parts.bias().isEmpty()) {
      return weight;
    }
    boolean stacked = isStack(site);
    Operand<T> bias =
        tf.reshape(
            parts.bias().get(),
            tf.constant(
                stacked
                    ? new int[] {site.blocks(), 1, site.outputSize()}
                    : new int[] {1, site.outputSize()}));
    return tf.concat(List.of(weight, bias), tf.constant(stacked ? 1 : 0));
  }

  /** Weight and bias of a layer's matrix; the inverse of {@link #join}. */
  public static <T extends TNumber> Parts<T> split(Ops tf, LayerSite<T> site, Operand<T> matrix) {
    if (site.bias().isEmpty()) {
      return new Parts<>(weightValue(tf, site, matrix), Optional.empty());
    }
    int rows = site.inputSize() - 1;
    int columns = site.outputSize();
    Operand<T> weight;
    Operand<T> bias;
    if (isStack(site)) {
      int blocks = site.blocks();
      weight = slice(tf, matrix, new int[] {0, 0, 0}, new int[] {blocks, rows, columns});
      bias = slice(tf, matrix, new int[] {0, rows, 0}, new int[] {blocks, 1, columns});
    } else {
      weight = slice(tf, matrix, new int[] {0, 0}, new int[] {rows, columns});
      bias = slice(tf, matrix, new int[] {rows, 0}, new int[] {1, columns});
    }
    Shape biasShape = site.bias().map(GraphVariable::shape).orElseThrow();
    return new Parts<>(
        weightValue(tf, site, weight), Optional.of(tf.reshape(bias, tf.constant(biasShape))));
  }

  private static boolean isStack(LayerSite<?> site) {
    return site.inputStructure() instanceof FactorStructure.Stack;
  }

  private static <T extends TNumber> Operand<T> weightRows(
      Ops tf, LayerSite<T> site, Operand<T> weight) {
    if (site.kind() instanceof LayerKind.Dense dense) {
      WeightView view = dense.view();
      if (view.isOrdered() && weight.shape().equals(Shape.of(view.inputs(), view.outputs()))) {
        return weight;
      }
      Operand<T> ordered =
          view.isOrdered()
              ? weight
              : transpose(tf, reshape(tf, weight, view.unfolded()), view.order());
      return tf.reshape(ordered, tf.array(view.inputs(), view.outputs()));
    }
    if (isStack(site)) {
      return tf.linalg.transpose(
          tf.reshape(weight, tf.constant(new int[] {-1, site.blocks(), site.outputSize()})),
          tf.constant(new int[] {1, 0, 2}));
    }
    return tf.reshape(weight, tf.constant(new int[] {-1, site.outputSize()}));
  }

  private static <T extends TNumber> Operand<T> weightValue(
      Ops tf, LayerSite<T> site, Operand<T> rows) {
    if (site.kind() instanceof LayerKind.Dense dense && !dense.view().isOrdered()) {
      WeightView view = dense.view();
      Operand<T> unfolded = reshape(tf, rows, view.orderedSizes());
      return tf.reshape(
          transpose(tf, unfolded, view.inverseOrder()), tf.constant(site.weight().shape()));
    }
    if (site.kind() instanceof LayerKind.Dense && rows.shape().equals(site.weight().shape())) {
      return rows;
    }
    Operand<T> ordered =
        isStack(site) ? tf.linalg.transpose(rows, tf.constant(new int[] {1, 0, 2})) : rows;
    return tf.reshape(ordered, tf.constant(site.weight().shape()));
  }

  private static <T extends TNumber> Operand<T> reshape(
      Ops tf, Operand<T> value, List<Long> sizes) {
    return tf.reshape(value, tf.constant(sizes.stream().mapToLong(Long::longValue).toArray()));
  }

  private static <T extends TNumber> Operand<T> transpose(
      Ops tf, Operand<T> value, List<Integer> order) {
    return tf.linalg.transpose(
        value, tf.constant(order.stream().mapToInt(Integer::intValue).toArray()));
  }

  private static <T extends TNumber> Operand<T> slice(
      Ops tf, Operand<T> matrix, int[] begin, int[] size) {
    return tf.slice(matrix, tf.constant(begin), tf.constant(size));
  }
}
