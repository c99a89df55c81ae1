package io.github.tfkfac.capture;

import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.LayerUse.Orientation;
import io.github.tfkfac.schedule.Gate;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * What flows through a layer in one backward pass.
 *
 * @param site the layer
 * @param flows one per use of the layer's weight
 */
public record Tap<T extends TNumber>(LayerSite<T> site, List<Flow<T>> flows) {

  public Tap {
    flows = List.copyOf(flows);
  }

  /** The same values for the part of a graph that is gated by a predicate. */
  public Tap<T> passed(Ops tf, Operand<TBool> predicate) {
    return new Tap<>(
        site,
        flows.stream()
            .map(
                flow ->
                    new Flow<>(
                        Gate.pass(tf, predicate, flow.source()),
                        flow.orientation(),
                        Gate.pass(tf, predicate, flow.outputGradient())))
            .toList());
  }

  /**
   * The same for some of the examples.
   *
   * @param indices which, along the first dimension of what flows
   */
  public Tap<T> examples(Ops tf, Operand<? extends TNumber> indices) {
    Operand<TInt32> first = tf.constant(0);
    return new Tap<>(
        site,
        flows.stream()
            .map(
                flow ->
                    new Flow<>(
                        tf.gather(flow.input(tf), indices, first),
                        Orientation.ROWS_ARE_EXAMPLES,
                        tf.gather(flow.outputGradient(), indices, first)))
            .toList());
  }

  /** The same for one use of the weight. */
  public Tap<T> use(int index) {
    return new Tap<>(site, List.of(flows.get(index)));
  }

  /** A gradient with what is known of the output's shape when the graph is built. */
  static <T extends TNumber> Operand<T> shaped(Ops tf, Output<?> gradient, Output<?> output) {
    Operand<T> typed = typed(gradient);
    boolean complete = !gradient.shape().isUnknown() && !gradient.shape().hasUnknownDimension();
    return complete || output.shape().isUnknown() || output.shape().equals(gradient.shape())
        ? typed
        : tf.ensureShape(typed, output.shape());
  }

  @SuppressWarnings("unchecked") // layers and variables of one optimizer have one element type
  static <T extends TNumber> Operand<T> typed(Output<?> output) {
    return (Operand<T>) output;
  }

  /**
   * What flows through one use of a weight.
   *
   * @param source the layer's input; dense: {@code [..., inputs]}, or transposed as {@code
   *     orientation} says; convolution: {@code [batch, height, width, channels]}; embedding: the
   *     indices, of an integer type whatever T says
   * @param orientation what the rows of {@code source} are
   * @param outputGradient gradient of the loss for the layer's output before the bias, in the
   *     output's shape
   */
  public record Flow<T extends TNumber>(
      Operand<T> source, Orientation orientation, Operand<T> outputGradient) {

    /** The layer's input with features last. */
    public Operand<T> input(Ops tf) {
      if (orientation == Orientation.ROWS_ARE_EXAMPLES) {
        return source;
      }
      int rank = source.shape().numDimensions();
      int[] order = IntStream.range(0, rank).toArray();
      order[rank - 1] = rank - 2;
      order[rank - 2] = rank - 1;
      return tf.linalg.transpose(source, tf.constant(order));
    }
  }
}
