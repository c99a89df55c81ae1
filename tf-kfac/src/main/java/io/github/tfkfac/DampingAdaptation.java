package io.github.tfkfac;

import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat64;

/**
 * Adapts the damping after a step, from the loss that the step left: {@code ρ = (h(θ+δ) − h(θ)) /
 * (M(δ) − M(0))}, and the factor of all dampings by the rule of {@link LevenbergMarquardt}.
 *
 * <pre>{@code
 * session.runner().feed(images, x).feed(labels, y).addTarget(train).run();
 * if (adaptation.due(++step)) {
 *   session.runner().feed(images, x).feed(labels, y).addTarget(adaptation.op()).run();
 * }
 * }</pre>
 *
 * <p>The operation computes the loss again, so it must be fed <b>the batch of the step before</b>:
 * with another one ρ compares the losses of different images, and the damping wanders. A loss that
 * draws random numbers by {@link TrainingOptimizer#stepsDone} must be fed also that operand, as it
 * was in the step: the number of steps less one. If the operation is not run, or only after another
 * step, the damping stays as it is; so does it after a step that was skipped, or when nothing is
 * due.
 *
 * <p><i>Numerics</i>: h is compared in float64, but with the rounding of the loss as it is
 * computed; where a step changes the loss by less than that, ρ means nothing and the bounds have to
 * hold the factor. M is made of the averages and dampings of the step: the whole Kronecker product
 * of every captured layer, {@code λ} being the part of the damped product that multiplies the
 * identity, and {@code ∇ᵀδ} alone of all other variables. δ is the step as it was taken, with
 * momentum and weight decay.
 *
 * <p>Source: Martens and Grosse 2015, section 6.5.
 */
public final class DampingAdaptation {

  private final Cadence period;
  private final Op op;
  private final Operand<TFloat64> factor;
  private final Operand<TFloat64> ratio;

  /**
   * An adaptation that is made of parts of the graph.
   *
   * @param period steps between two adaptations
   * @param op adapts the damping to the step before
   * @param factor what the damping is multiplied by
   * @param ratio reduction of the loss per predicted reduction
   */
  public DampingAdaptation(
      Cadence period, Op op, Operand<TFloat64> factor, Operand<TFloat64> ratio) {
    this.period = period;
    this.op = op;
    this.factor = factor;
    this.ratio = ratio;
  }

  /** Adapts the damping to the step before. */
  public Op op() {
    return op;
  }

  /**
   * Whether the damping is to be adapted now.
   *
   * @param stepsDone number of training steps, those skipped included
   */
  public boolean due(long stepsDone) {
    return stepsDone > 0 && stepsDone % period.period() == 0;
  }

  /** The factor of all dampings, a scalar; fetch it between two steps. */
  public Operand<TFloat64> factor() {
    return factor;
  }

  /** ρ of the last adaptation, a scalar, NaN before the first; fetch it between two steps. */
  public Operand<TFloat64> ratio() {
    return ratio;
  }
}
