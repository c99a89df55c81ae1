package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.CoarseCorrection;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.StepContext;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.precondition.WeightMatrix;
import io.github.tfkfac.internal.precondition.WeightMatrix.Parts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Turns the gradients of captured layers into the directions along which they move. */
public final class Directions<T extends TNumber> {

  private final NormControl normControl;
  private final List<CurvatureBlock<T>> blocks;
  private final Optional<CoarseLevel<T>> coarse;
  private final LayerKeepers keepers;
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
  public record Result<T extends TNumber>(
      Map<String, Operand<T>> byVariable,
      List<Operand<T>> gradients,
      List<Operand<T>> preconditioned,
      List<Operand<T>> lengthFactors,
      Optional<Operand<T>> coarseShare) {}

  Directions(
      NormControl normControl,
      List<CurvatureBlock<T>> blocks,
      Optional<CoarseLevel<T>> coarse,
      LayerKeepers keepers,
      Class<T> type) {
    this.normControl = normControl;
    this.blocks = blocks;
    this.coarse = coarse;
    this.keepers = keepers;
    this.type = type;
  }

  /**
   * Preconditions the gradients.
   *
   * @param gradients by variable name
   * @param step values of schedules at the current step
   */
  Result<T> of(
      Ops tf, Map<String, Operand<T>> gradients, StepContext context, StepScalars<T> step) {
    List<Operand<T>> matrices = new ArrayList<>();
    for (CurvatureBlock<T> block : blocks) {
      matrices.add(matrix(tf, block.layer().site(), name -> required(gradients, name)));
    }
    List<Operand<T>> preconditioned =
        keepers.values(
            tf,
            blocks.stream().map(block -> block.layer().matrixShape()).toList(),
            type,
            layer -> precondition(tf, blocks.get(layer), matrices.get(layer), step));
    Optional<CoarseCorrection.Corrected<T>> corrected =
        coarse.map(level -> level.correct(tf, preconditioned, matrices));
    List<Operand<T>> used =
        corrected.map(CoarseCorrection.Corrected::directions).orElse(preconditioned);
    NormControl.Controlled<T> controlled = normControl.apply(tf, used, matrices, context, type);
    requireFitting(controlled, matrices);
    Map<String, Operand<T>> directions = new LinkedHashMap<>();
    for (int i = 0; i < blocks.size(); i++) {
      LayerSite<T> site = blocks.get(i).layer().site();
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

  private static <T extends TNumber> Operand<T> precondition(
      Ops tf, CurvatureBlock<T> block, Operand<T> gradient, StepScalars<T> step) {
    Operand<T> preconditioned = block.precondition(tf, gradient, step);
    if (!preconditioned.shape().isCompatibleWith(gradient.shape())) {
      throw new IllegalStateException(
          "expected a preconditioned gradient of shape %s for '%s', found %s; correct %s"
              .formatted(
                  gradient.shape(),
                  block.layer().site().name(),
                  preconditioned.shape(),
                  block.getClass().getSimpleName()));
    }
    return preconditioned;
  }

  private void requireFitting(NormControl.Controlled<T> controlled, List<Operand<T>> gradients) {
    int found = controlled.directions().size();
    if (found != blocks.size() || controlled.factors().size() != blocks.size()) {
      throw new IllegalStateException(
          "expected a direction and a factor for each of %d layers, found %d and %d; correct %s"
              .formatted(blocks.size(), found, controlled.factors().size(), normControl));
    }
    for (int i = 0; i < found; i++) {
      Shape shape = controlled.directions().get(i).shape();
      if (!shape.isCompatibleWith(gradients.get(i).shape())) {
        throw new IllegalStateException(
            "expected a direction of shape %s for '%s', found %s; correct %s"
                .formatted(
                    gradients.get(i).shape(),
                    blocks.get(i).layer().site().name(),
                    shape,
                    normControl));
      }
    }
  }

  /** A layer's matrix of values that are given by variable name. */
  static <T extends TNumber> Operand<T> matrix(
      Ops tf, LayerSite<T> site, Function<String, Operand<T>> values) {
    return WeightMatrix.join(
        tf,
        site,
        new Parts<>(values.apply(site.name()), site.bias().map(bias -> values.apply(bias.name()))));
  }

  static <T extends TNumber> Operand<T> required(Map<String, Operand<T>> values, String name) {
    Operand<T> value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("no gradient for '" + name + "'");
    }
    return value;
  }
}
