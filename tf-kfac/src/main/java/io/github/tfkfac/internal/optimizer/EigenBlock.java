package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Approximation.Eigenbases;
import io.github.tfkfac.Approximation.Spectrum;
import io.github.tfkfac.AverageDecay;
import io.github.tfkfac.Quantity;
import io.github.tfkfac.UnsupportedLayerException;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.diagnostics.LayerQuality;
import io.github.tfkfac.internal.factor.Eigenbasis;
import io.github.tfkfac.internal.factor.EigenbasisMoments;
import io.github.tfkfac.internal.linalg.Eigendecomposition;
import io.github.tfkfac.internal.linalg.FiniteGuard;
import io.github.tfkfac.internal.linalg.Matrices;
import io.github.tfkfac.internal.precondition.EigenPreconditioner;
import io.github.tfkfac.internal.precondition.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Block in the eigenbasis of its factors, {@code V = Q_A [(Q_Aᵀ ∇ Q_G) ⊘ (S + λ)] Q_Gᵀ}, where S is
 * {@code λ_A λ_Gᵀ} (K-FAC) or a moving average of the squared projected gradients per example,
 * counted from the last change of the basis (EKFAC).
 *
 * <p>A decomposition that is not finite is rejected and the old one stays.
 */
public final class EigenBlock<T extends TNumber> extends KroneckerBlock<T, EigenFactor<T>> {

  /** An eigendecomposition takes about nine times the work of an inverse. */
  private static final double COST = 9;

  private final Eigenbases approximation;
  private final Optional<Diagonal<T>> diagonal;

  /**
   * The diagonal that EKFAC estimates.
   *
   * @param values S, in the shape of the layer's weight matrix
   * @param updates how often it was updated in the present basis
   */
  private record Diagonal<T extends TNumber>(
      GraphVariable<T> values, GraphVariable<TInt64> updates) {}

  public EigenBlock(CapturedLayer<T> layer, Eigenbases approximation) {
    super(layer, new EigenFactor<>(layer, Side.INPUT), new EigenFactor<>(layer, Side.OUTPUT));
    this.approximation = approximation;
    this.diagonal =
        approximation.spectrum() == Spectrum.PRODUCT ? Optional.empty() : Optional.of(diagonal());
  }

  private Diagonal<T> diagonal() {
    Eigenbasis.obstacle(layer.site(), input.structure, output.structure)
        .ifPresent(
            obstacle -> {
              throw new UnsupportedLayerException(
                  layer.site().name(),
                  "expected gradients per example for a re-estimated spectrum (EKFAC), found that "
                      + obstacle
                      + "; use KfacOptions.kfac()");
            });
    return new Diagonal<>(layer.variable("S", layer.matrixShape(), 1), layer.counter("S_updates"));
  }

  @Override
  public Optional<Estimate<T>> estimateAfterRefresh() {
    return diagonal.map(estimated -> (tf, batch) -> List.of(updated(tf, estimated, batch)));
  }

  private NewValue<T> updated(Ops tf, Diagonal<T> estimated, LayerBatch<T> batch) {
    Operand<T> ofPart =
        EigenbasisMoments.of(
            tf, batch.part(tf), new Eigenbasis<>(input.vectors(tf), output.vectors(tf)));
    Operand<T> ofBatch = batch.pool(tf).gradients(tf, ofPart);
    Operand<TInt64> number = tf.math.add(estimated.updates().read(tf), tf.constant(1L));
    return new NewValue<>(
        estimated.values(),
        AverageDecay.update(tf, estimated.values().read(tf), ofBatch, batch.newShare(tf, number)),
        Optional.of(estimated.updates()));
  }

  @Override
  public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
    return new EigenPreconditioner<>(input.side(tf), output.side(tf))
        .apply(tf, gradient, spectrum(tf), layer.damping(step));
  }

  private Operand<T> spectrum(Ops tf) {
    return diagonal.map(estimated -> estimated.values().read(tf)).orElseGet(() -> eigenvalues(tf));
  }

  private Operand<T> eigenvalues(Ops tf) {
    return EigenPreconditioner.spectrum(
        tf,
        input.structure,
        input.values(tf),
        output.structure,
        output.values(tf),
        layer.matrixShape());
  }

  @Override
  Operand<T> jointDamping(Ops tf, StepScalars<T> step) {
    return layer.damping(step);
  }

  @Override
  Approximation approximation() {
    return approximation;
  }

  @Override
  double relativeCost() {
    return COST;
  }

  @Override
  List<GraphVariable<? extends TNumber>> results(EigenFactor<T> factor) {
    return Stream.concat(factor.basis.stream(), factor.eigenvalues.stream())
        .<GraphVariable<? extends TNumber>>map(variable -> variable)
        .toList();
  }

  @Override
  List<Op> refresh(Ops tf, FactorStack<T, EigenFactor<T>> stack, RefreshContext<T> context) {
    Operand<T> averages = stack.averages(tf);
    List<GraphVariable<T>> eigenvalues = stack.variables(factor -> factor.eigenvalues);
    Operand<T> oldValues = stack.read(tf, eigenvalues);
    if (stack.members().get(0).factor().isDiagonal()) {
      return context.replace(
          tf, averages, oldValues, value -> stack.assign(tf, eigenvalues, value));
    }
    Eigendecomposition<T> decomposition = Eigendecomposition.of(tf, averages);
    List<GraphVariable<T>> bases = stack.variables(factor -> factor.basis);
    Operand<TBool> finite =
        tf.math.logicalAnd(
            tf.reduceAll(tf.math.isFinite(decomposition.basis()), tf.array(-2, -1)),
            tf.reduceAll(tf.math.isFinite(decomposition.values()), tf.constant(-1)));
    Operand<TBool> overValues =
        finite.shape().numDimensions() == 0 ? finite : tf.expandDims(finite, tf.constant(-1));
    List<Op> effects = new ArrayList<>();
    effects.addAll(
        stack.assign(
            tf,
            bases,
            FiniteGuard.keepFinite(
                tf,
                Matrices.overEntries(tf, finite),
                decomposition.basis(),
                stack.read(tf, bases))));
    effects.addAll(
        stack.assign(
            tf,
            eigenvalues,
            FiniteGuard.keepFinite(tf, overValues, decomposition.values(), oldValues)));
    effects.add(context.countRejected(tf, finite));
    return effects;
  }

  /**
   * In a new basis the diagonal starts from the eigenvalues of the Kronecker product: entries of
   * the old basis mean nothing in it.
   */
  @Override
  List<Op> restart(Ops tf) {
    return diagonal
        .map(
            estimated ->
                List.<Op>of(
                    estimated.values().assign(tf, eigenvalues(tf)),
                    estimated.updates().assign(tf, tf.constant(0L))))
        .orElse(List.of());
  }

  @Override
  public Map<Quantity, Operand<? extends TNumber>> diagnostics(Ops tf, StepScalars<T> step) {
    Map<Quantity, Operand<? extends TNumber>> found = super.diagnostics(tf, step);
    found.put(Quantity.CONDITION, LayerQuality.condition(tf, spectrum(tf), jointDamping(tf, step)));
    return found;
  }
}
