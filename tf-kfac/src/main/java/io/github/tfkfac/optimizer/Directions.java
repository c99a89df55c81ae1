package io.github.tfkfac.optimizer;

import io.github.tfkfac.damping.Damping;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.precondition.BlockPreconditioner;
import io.github.tfkfac.precondition.EigenPreconditioner;
import io.github.tfkfac.precondition.NormControl;
import io.github.tfkfac.precondition.StepContext;
import io.github.tfkfac.precondition.WeightMatrix;
import io.github.tfkfac.precondition.WeightMatrix.Parts;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.twolevel.CoarseCorrection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Turns the gradients of captured layers into the directions along which they move. */
final class Directions<T extends TNumber> {

  private final NormControl normControl;
  private final List<LayerState<T>> layers;
  private final Optional<CoarseLevel<T>> coarse;
  private final Class<T> type;

  /**
   * Directions that move the captured variables, and the intermediate results that led to them.
   *
   * @param byVariable the directions by variable name
   * @param gradients every layer's gradient matrix
   * @param preconditioned every layer's preconditioned gradient before the control of its length
   * @param lengthFactors every layer's factor of that control, a scalar
   * @param coarseShare scalar: the coarse level's part of the preconditioned gradients, by norm
   */
  record Result<T extends TNumber>(
      Map<String, Operand<T>> byVariable,
      List<Operand<T>> gradients,
      List<Operand<T>> preconditioned,
      List<Operand<T>> lengthFactors,
      Optional<Operand<T>> coarseShare) {}

  Directions(
      NormControl normControl,
      List<LayerState<T>> layers,
      Optional<CoarseLevel<T>> coarse,
      Class<T> type) {
    this.normControl = normControl;
    this.layers = layers;
    this.coarse = coarse;
    this.type = type;
  }

  /** Preconditions the gradients, given by variable name. */
  Result<T> of(Ops tf, Map<String, Operand<T>> gradients, StepContext context) {
    Map<Damping, Operand<T>> strengths = new HashMap<>();
    List<Operand<T>> matrices = new ArrayList<>();
    List<Operand<T>> preconditioned = new ArrayList<>();
    for (LayerState<T> layer : layers) {
      Operand<T> gradient = matrix(tf, layer.site(), gradients);
      matrices.add(gradient);
      preconditioned.add(precondition(tf, layer, gradient, context, strengths));
    }
    Optional<CoarseCorrection.Corrected<T>> corrected =
        coarse.map(level -> level.correct(tf, preconditioned, matrices));
    List<Operand<T>> used =
        corrected.map(CoarseCorrection.Corrected::directions).orElse(preconditioned);
    NormControl.Controlled<T> controlled = normControl.apply(tf, used, matrices, context, type);
    Map<String, Operand<T>> directions = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      LayerSite<T> site = layers.get(i).site();
      Parts<T> parts = WeightMatrix.split(tf, site, controlled.directions().get(i));
      directions.put(site.name(), parts.weight());
      parts
          .bias()
          .ifPresent(
              value -> directions.put(site.bias().map(GraphVariable::name).orElseThrow(), value));
    }
    return new Result<>(
        directions,
        matrices,
        used,
        controlled.factors(),
        corrected.map(CoarseCorrection.Corrected::share));
  }

  private Operand<T> precondition(
      Ops tf,
      LayerState<T> layer,
      Operand<T> gradient,
      StepContext context,
      Map<Damping, Operand<T>> strengths) {
    if (!(layer.approximation() instanceof Approximation.Eigenbases bases)) {
      return new BlockPreconditioner<>(
              layer.input().structure(),
              layer.input().inverse().map(inverse -> inverse.read(tf)),
              layer.output().structure(),
              layer.output().inverse().map(inverse -> inverse.read(tf)))
          .apply(tf, gradient);
    }
    Operand<T> damping =
        strengths.computeIfAbsent(
            bases.damping(),
            strength -> tf.dtypes.cast(strength.strength().at(tf, context.step()), type));
    EigenPreconditioner<T> eigen =
        new EigenPreconditioner<>(
            layer.input().eigenSide(tf, type), layer.output().eigenSide(tf, type));
    Operand<T> spectrum =
        layer
            .spectrum()
            .map(state -> state.diagonal().read(tf))
            .orElseGet(() -> eigen.spectrum(tf, gradient));
    return eigen.apply(tf, gradient, spectrum, damping);
  }

  /** A layer's matrix of values that are given by variable name. */
  static <T extends TNumber> Operand<T> matrix(
      Ops tf, LayerSite<T> site, Map<String, Operand<T>> values) {
    return WeightMatrix.join(
        tf,
        site,
        new Parts<>(
            required(values, site.name()), site.bias().map(bias -> required(values, bias.name()))));
  }

  static <T extends TNumber> Operand<T> required(Map<String, Operand<T>> values, String name) {
    Operand<T> value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no gradient for '" + name + "'");
    }
    return value;
  }
}
