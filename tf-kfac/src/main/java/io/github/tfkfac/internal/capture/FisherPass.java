package io.github.tfkfac.internal.capture;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.Tap;
import io.github.tfkfac.internal.gradient.Gradients;
import io.github.tfkfac.internal.graph.LossPath;
import io.github.tfkfac.internal.state.Gate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The backward passes that a kind of Fisher matrix needs, none of which runs when its statistics
 * are not due.
 *
 * <p>The output gradients start from a value that is there only when they are due, so that what
 * follows from it is skipped. They must not be used outside of a part that is gated by the same
 * predicate.
 *
 * <p><i>Scale</i>: as the loss's own output gradients. A pass of the exact Fisher takes all
 * examples at once, each with a random sign: where examples influence each other's outputs, as by
 * batch normalization in training mode, what belongs to two of them vanishes in the mean.
 *
 * @param taps one per layer, in the layers' order
 */
public record FisherPass<T extends TNumber>(List<FisherTap<T>> taps) {

  /** Makes the seeds of several outputs of a model differ. */
  private static final long SEED_STRIDE = 0x9E3779B97F4A7C15L;

  public FisherPass {
    taps = List.copyOf(taps);
  }

  /**
   * Adds the backward passes to the graph.
   *
   * @param fisher which matrix; the empirical one takes {@code taps} as they are
   * @param taps what the loss's backward pass has found at each layer
   * @param outputs every output of the model that the loss looks at, each with what it predicts;
   *     not used by the empirical Fisher
   * @param due a scalar: whether the statistics are due
   * @param step a scalar that differs between the batches that targets are drawn for
   * @throws IllegalArgumentException if there are no outputs, or a layer reaches none of them
   */
  public static <T extends TNumber> FisherPass<T> build(
      Graph graph,
      Ops tf,
      Fisher fisher,
      List<Tap<T>> taps,
      List<PredictiveDistribution<T>> outputs,
      Operand<TBool> due,
      Operand<TInt64> step) {
    if (fisher instanceof Fisher.Empirical) {
      return new FisherPass<>(taps.stream().map(tap -> new FisherTap<>(List.of(tap))).toList());
    }
    requireReached(taps, outputs);
    List<PredictiveDistribution<T>> gated =
        outputs.stream().map(output -> output.passed(tf, due)).toList();
    Passes<T> passes = new Passes<>(graph, tf, due, taps);
    if (fisher instanceof Fisher.Sampled sampled) {
      List<Operand<T>> gradients = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        Operand<TInt64> seed = tf.constant(sampled.seed() + i * SEED_STRIDE);
        gradients.add(gated.get(i).sampledGradient(tf, tf.stack(List.of(seed, step))));
      }
      passes.add(outputs, gradients);
    } else {
      for (int i = 0; i < outputs.size(); i++) {
        List<Operand<T>> ofOutput = gated.get(i).hessianRootColumns(tf);
        Operand<T> signs = signs(tf, gated.get(i).output(), i * SEED_STRIDE, step);
        for (Operand<T> column : ofOutput) {
          passes.add(List.of(outputs.get(i)), List.of(tf.math.mul(column, signs)));
        }
      }
    }
    return passes.result();
  }

  /** Random signs of the examples, {@code [N, 1, ...]}. */
  private static <T extends TNumber> Operand<T> signs(
      Ops tf, Operand<T> output, long seed, Operand<TInt64> step) {
    List<Operand<TInt32>> shape =
        new ArrayList<>(Collections.nCopies(output.shape().numDimensions(), tf.constant(1)));
    shape.set(0, tf.gather(tf.shape(output), tf.constant(0), tf.constant(0)));
    Operand<TInt64> seeds = tf.stack(List.of(tf.constant(seed), step));
    Operand<TFloat32> uniform =
        tf.random.statelessRandomUniform(tf.stack(shape), seeds, TFloat32.class);
    return tf.select(
        tf.math.less(uniform, tf.constant(0.5f)),
        tf.constantOfSameType(output, 1),
        tf.constantOfSameType(output, -1));
  }

  private static <T extends TNumber> void requireReached(
      List<Tap<T>> taps, List<PredictiveDistribution<T>> outputs) {
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "expected the predictive distribution of the model's output for a Fisher matrix other"
              + " than the empirical one, found none; pass one, such as"
              + " PredictiveDistribution.categorical(logits), or use Fisher.empirical");
    }
    LossPath path = new LossPath(outputs.stream().map(PredictiveDistribution::output).toList());
    for (Tap<T> tap : taps) {
      for (LayerUse use : tap.site().uses()) {
        if (!path.contains((GraphOperation) use.output().op())) {
          throw new UnsupportedLayerException(
              tap.site().name(),
              "expected layer '%s' to reach an output with a predictive distribution, found no path from '%s' to %s; pass the distribution of every output that the loss looks at, or use Fisher.empirical"
                  .formatted(tap.site().name(), use.output().op().name(), names(outputs)));
        }
      }
    }
  }

  private static <T extends TNumber> String names(List<PredictiveDistribution<T>> outputs) {
    return outputs.stream()
        .map(output -> "'" + output.output().op().name() + "'")
        .collect(Collectors.joining(", "));
  }

  /** Collects the columns of every layer. */
  private static final class Passes<T extends TNumber> {

    private final Gradients differentiated;
    private final Ops tf;
    private final Operand<TBool> due;
    private final List<Tap<T>> taps;
    private final List<List<Tap<T>>> columns = new ArrayList<>();

    Passes(Graph graph, Ops tf, Operand<TBool> due, List<Tap<T>> taps) {
      this.differentiated = new Gradients(graph);
      this.tf = tf;
      this.due = due;
      this.taps = taps;
      taps.forEach(tap -> columns.add(new ArrayList<>()));
    }

    /** One backward pass from some outputs, for all uses that these depend on. */
    void add(List<PredictiveDistribution<T>> outputs, List<Operand<T>> gradients) {
      LossPath path = new LossPath(outputs.stream().map(PredictiveDistribution::output).toList());
      Set<Output<?>> reached = new LinkedHashSet<>();
      for (Tap<T> tap : taps) {
        tap.site().uses().stream()
            .map(LayerUse::output)
            .filter(output -> path.contains((GraphOperation) output.op()))
            .forEach(reached::add);
      }
      List<Output<?>> sources = new ArrayList<>();
      outputs.forEach(output -> sources.add(output.output().asOutput()));
      List<Output<?>> gated = new ArrayList<>();
      gradients.forEach(gradient -> gated.add(Gate.pass(tf, due, gradient).asOutput()));
      Map<Output<?>, Output<?>> byTarget = differentiated.byTarget(sources, reached, gated);
      for (int i = 0; i < taps.size(); i++) {
        columns.get(i).add(column(taps.get(i), byTarget));
      }
    }

    private Tap<T> column(Tap<T> tap, Map<Output<?>, Output<?>> byTarget) {
      LayerSite<T> site = tap.site();
      List<Tap.Flow<T>> flows = new ArrayList<>();
      for (int i = 0; i < tap.flows().size(); i++) {
        Tap.Flow<T> flow = tap.flows().get(i);
        Output<?> output = site.uses().get(i).output();
        Output<?> gradient = byTarget.get(output);
        flows.add(
            new Tap.Flow<>(
                flow.use(),
                flow.source(),
                gradient == null ? zero(flow) : BackwardPass.shaped(tf, gradient, output)));
      }
      return new Tap<>(site, flows);
    }

    /** The gradient at a use that other outputs of the model depend on. */
    private Operand<T> zero(Tap.Flow<T> flow) {
      return tf.zerosLike(Gate.pass(tf, due, flow.outputGradient()));
    }

    FisherPass<T> result() {
      return new FisherPass<>(columns.stream().map(FisherTap::new).toList());
    }
  }
}
