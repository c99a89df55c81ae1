package io.github.tfkfac.extension;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.family.TNumber;

/**
 * Captured tensors of a layer's Fisher statistics: its inputs, and one set of output gradients per
 * backward pass.
 *
 * <p>The inputs are the same in every column and count once; the outer products of the output
 * gradients add up over the columns.
 *
 * @param columns at least one
 */
public record FisherTap<T extends TNumber>(List<Tap<T>> columns) {

  public FisherTap {
    columns = List.copyOf(columns);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          "expected a layer's output gradients of at least one backward pass, found none");
    }
  }

  /** The layer. */
  public LayerSite<T> site() {
    return columns.get(0).site();
  }

  /** The same values for the part of a graph that is gated by a predicate. */
  public FisherTap<T> passed(Ops tf, Operand<TBool> predicate) {
    Tap<T> first = columns.get(0).passed(tf, predicate);
    List<Tap<T>> passed = new ArrayList<>(List.of(first));
    List<Operand<T>> inputs = first.flows().stream().map(Tap.Flow::source).toList();
    columns
        .subList(1, columns.size())
        .forEach(tap -> passed.add(tap.passed(tf, predicate, inputs)));
    return new FisherTap<>(passed);
  }

  /**
   * The same for some of the examples.
   *
   * @param indices which, along the first dimension of what flows
   */
  public FisherTap<T> examples(Ops tf, Operand<? extends TNumber> indices) {
    return new FisherTap<>(columns.stream().map(tap -> tap.examples(tf, indices)).toList());
  }

  /** The same for one use of the weight. */
  public FisherTap<T> use(int index) {
    return new FisherTap<>(columns.stream().map(tap -> tap.use(index)).toList());
  }
}
