package io.github.tfkfac;

import io.github.tfkfac.internal.capture.BernoulliTargets;
import io.github.tfkfac.internal.capture.CategoricalTargets;
import io.github.tfkfac.internal.capture.GaussianTargets;
import io.github.tfkfac.internal.capture.HessianRoot;
import io.github.tfkfac.internal.state.Gate;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * The distribution of targets that a model predicts with one of its outputs z, and whose negative
 * logarithm is the loss.
 *
 * <p>{@code L = (1/N) Σₙ -log p(yₙ | zₙ)}. The gradients below are those of L for z, with the
 * targets drawn from p, or in expectation over them.
 *
 * <p><i>Shapes</i>: z is {@code [N, ..., K]}, every gradient has its shape. <i>Scale</i>: that of
 * the averaged loss, so {@code N ∂L/∂z} belongs to one example; with {@link Averaging#POSITIONS}
 * also divided by the number of positions, as in such a loss. <i>Source</i>: Martens and Grosse
 * 2015, section 5; Martens 2020, section 9.2.
 *
 * @param <T> element type
 */
public interface PredictiveDistribution<T extends TNumber> {

  /** The model's output z. */
  Operand<T> output();

  /**
   * The loss's gradient for z with targets drawn from this distribution.
   *
   * @param seeds {@code [2]}; the same seeds and outputs give the same targets
   */
  Operand<T> sampledGradient(Ops tf, Operand<TInt64> seeds);

  /**
   * Gradients for z whose outer products sum, for every example, to the expected outer product of
   * the loss's gradient: one for every number of an example's output.
   *
   * @throws IllegalArgumentException unless all dimensions but the first are known and their
   *     product is at most {@value HessianRoot#MOST_COLUMNS}
   */
  List<Operand<T>> hessianRootColumns(Ops tf);

  /** The same distribution of an output. */
  PredictiveDistribution<T> of(Operand<T> output);

  /** The same distribution for the part of a graph that is gated by a predicate. */
  default PredictiveDistribution<T> passed(Ops tf, Operand<TBool> predicate) {
    return of(Gate.pass(tf, predicate, output()));
  }

  /**
   * One class of K: softmax cross-entropy, averaged over the examples.
   *
   * @param logits {@code [N, ..., K]}, before the softmax
   */
  static <T extends TNumber> PredictiveDistribution<T> categorical(Operand<T> logits) {
    return categorical(logits, Averaging.EXAMPLES);
  }

  /** One class of K for every position. */
  static <T extends TNumber> PredictiveDistribution<T> categorical(
      Operand<T> logits, Averaging averaging) {
    return new CategoricalTargets<>(logits, averaging);
  }

  /**
   * Independent normal targets of unit variance: the loss {@code ½‖y - f‖²}, averaged over the
   * examples.
   *
   * @param mean the model's output f
   */
  static <T extends TNumber> PredictiveDistribution<T> gaussian(Operand<T> mean) {
    return gaussian(mean, 1, Averaging.EXAMPLES);
  }

  /**
   * Independent normal targets: the loss {@code (precision/2)‖y - f‖²}.
   *
   * @param mean the model's output f
   * @param precision one over the variance; 2/K for a mean of squares over K outputs
   */
  static <T extends TNumber> PredictiveDistribution<T> gaussian(
      Operand<T> mean, double precision, Averaging averaging) {
    return new GaussianTargets<>(mean, precision, averaging);
  }

  /**
   * Independent Bernoulli targets: sigmoid cross-entropy, summed over an example's outputs and
   * averaged over the examples.
   *
   * @param logits before the sigmoid
   */
  static <T extends TNumber> PredictiveDistribution<T> bernoulli(Operand<T> logits) {
    return bernoulli(logits, Averaging.EXAMPLES);
  }

  /** Independent Bernoulli targets. */
  static <T extends TNumber> PredictiveDistribution<T> bernoulli(
      Operand<T> logits, Averaging averaging) {
    return new BernoulliTargets<>(logits, averaging);
  }
}
