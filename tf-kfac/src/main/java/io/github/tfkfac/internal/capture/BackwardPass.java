package io.github.tfkfac.internal.capture;

import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.gradient.Gradients;
import io.github.tfkfac.internal.graph.TrainableVariables.Trainable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * One backward pass over the sum of the losses: the gradient of every variable and, in the same
 * call, of every layer's output.
 *
 * @param gradients the loss's gradient for each variable, in the variables' order and shapes
 * @param taps activations and output gradients of each layer, in the layers' order
 */
public record BackwardPass<T extends TNumber>(List<Operand<T>> gradients, List<Tap<T>> taps) {

  public BackwardPass {
    gradients = List.copyOf(gradients);
    taps = List.copyOf(taps);
  }

  /**
   * Adds the backward pass to the graph.
   *
   * @param tf where sums of several gradients are built
   * @param losses the losses; they are added up
   */
  public static <T extends TNumber> BackwardPass<T> build(
      Graph graph,
      Ops tf,
      List<? extends Operand<?>> losses,
      List<Trainable<T>> variables,
      List<LayerSite<T>> sites) {
    Set<Output<?>> targets = new LinkedHashSet<>();
    variables.forEach(variable -> targets.addAll(variable.gradientSources()));
    sites.forEach(site -> site.uses().forEach(use -> targets.add(use.output())));
    List<Output<?>> sources = new ArrayList<>();
    losses.forEach(loss -> sources.add(loss.asOutput()));
    Map<Output<?>, Output<?>> byTarget = new Gradients(graph).byTarget(sources, targets, null);
    List<Operand<T>> gradients = new ArrayList<>();
    for (Trainable<T> variable : variables) {
      List<Operand<T>> parts =
          variable.gradientSources().stream()
              .map(source -> BackwardPass.<T>typed(Objects.requireNonNull(byTarget.get(source))))
              .toList();
      gradients.add(parts.size() == 1 ? parts.get(0) : tf.math.addN(parts));
    }
    List<Tap<T>> taps = new ArrayList<>();
    for (LayerSite<T> site : sites) {
      List<Tap.Flow<T>> flows = new ArrayList<>();
      for (LayerUse use : site.uses()) {
        flows.add(
            new Tap.Flow<>(
                use,
                typed(use.input()),
                shaped(tf, Objects.requireNonNull(byTarget.get(use.output())), use.output())));
      }
      taps.add(new Tap<>(site, flows));
    }
    return new BackwardPass<>(gradients, taps);
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
  private static <T extends TNumber> Operand<T> typed(Output<?> output) {
    return (Operand<T>) output;
  }
}
