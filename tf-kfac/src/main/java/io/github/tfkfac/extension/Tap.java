package io.github.tfkfac.extension;

import io.github.tfkfac.internal.capture.Views;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * Activations and output gradients of a layer, captured in one backward pass.
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
    return passed(
        tf,
        predicate,
        flows.stream().map(flow -> Gate.pass(tf, predicate, flow.source())).toList());
  }

  /** The same with inputs that have passed the gate, one per use. */
  Tap<T> passed(Ops tf, Operand<TBool> predicate, List<Operand<T>> inputs) {
    List<Flow<T>> passed = new ArrayList<>();
    for (int i = 0; i < flows.size(); i++) {
      Flow<T> flow = flows.get(i);
      passed.add(
          new Flow<>(flow.use(), inputs.get(i), Gate.pass(tf, predicate, flow.outputGradient())));
    }
    return new Tap<>(site, passed);
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
                    Flow.ofRows(
                        tf.gather(input(tf, flow), indices, first),
                        tf.gather(gradient(tf, flow), indices, first)))
            .toList());
  }

  /** The same for one use of the weight. */
  public Tap<T> use(int index) {
    return new Tap<>(site, List.of(flows.get(index)));
  }

  /** The input of one use, {@code [examples, positions..., features]}. */
  public Operand<T> input(Ops tf, Flow<T> flow) {
    return Views.of(tf, flow.source(), flow.use().inputView(), site.weight().type());
  }

  /** The output gradient of one use, {@code [examples, positions..., features]}. */
  public Operand<T> gradient(Ops tf, Flow<T> flow) {
    return Views.of(tf, flow.outputGradient(), flow.use().outputView(), site.weight().type());
  }

  /**
   * Activations and output gradients of one use of a weight.
   *
   * @param use where, with the views of input and output
   * @param source the layer's input as it is in the graph; an embedding's indices are of an integer
   *     type whatever T says
   * @param outputGradient gradient of the loss for the layer's output before the bias, as it is in
   *     the graph
   */
  public record Flow<T extends TNumber>(
      LayerUse use, Operand<T> source, Operand<T> outputGradient) {

    /** Those of a use that has examples first and features last already. */
    public static <T extends TNumber> Flow<T> ofRows(Operand<T> input, Operand<T> gradient) {
      return new Flow<>(LayerUse.plain(input.asOutput(), gradient.asOutput()), input, gradient);
    }

    /** Shape of the output gradient's rows, {@code [examples, positions..., features]}. */
    public Shape rows() {
      return use.rows();
    }
  }
}
