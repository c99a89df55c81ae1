package io.github.tfkfac.optimizer;

import io.github.tfkfac.factor.Eigenbasis;
import io.github.tfkfac.graph.FactorStructure;
import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.UnsupportedLayerException;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.optimizer.Approximation.Spectrum;
import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.StateStore;
import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * State of a captured layer between steps, and the settings that hold for it.
 *
 * @param approximation the preconditioner computed from its factors
 * @param refreshes when the preconditioner is recomputed
 * @param input the input factor, A
 * @param output the output-gradient factor, G
 * @param spectrum the re-estimated diagonal in the eigenbasis (EKFAC)
 * @param mask which examples count, if not all do
 */
record LayerState<T extends TNumber>(
    LayerSite<T> site,
    Approximation approximation,
    RefreshPolicy refreshes,
    FactorState<T> input,
    FactorState<T> output,
    Optional<SpectrumState<T>> spectrum,
    Optional<MaskState> mask) {

  /**
   * The diagonal that EKFAC re-estimates.
   *
   * @param diagonal {@code S}, in the shape of the layer's weight matrix
   * @param updates how often it was updated in the present basis
   */
  record SpectrumState<T extends TNumber>(
      GraphVariable<T> diagonal, GraphVariable<TInt64> updates) {}

  static <T extends TNumber> LayerState<T> create(
      StateStore store, LayerSite<T> site, CurvatureOptions options, ExampleMasks masks) {
    Class<T> type = site.weight().type();
    Approximation approximation = Overrides.approximation(site.name(), options);
    FactorLimit limit = options.layers().limit();
    FactorState<T> input =
        FactorState.create(
            store, site.name() + "/A", limit.kept(site.inputStructure()), approximation, type);
    FactorState<T> output =
        FactorState.create(
            store, site.name() + "/G", limit.kept(site.outputStructure()), approximation, type);
    return new LayerState<>(
        site,
        approximation,
        Overrides.refreshes(site.name(), options),
        input,
        output,
        spectrum(store, site, approximation, input, output),
        masks.of(site).map(mask -> new MaskState(mask, counter(store, site.name() + "/updates"))));
  }

  private static <T extends TNumber> Optional<SpectrumState<T>> spectrum(
      StateStore store,
      LayerSite<T> site,
      Approximation approximation,
      FactorState<T> input,
      FactorState<T> output) {
    if (!(approximation instanceof Eigenbases bases) || bases.spectrum() == Spectrum.PRODUCT) {
      return Optional.empty();
    }
    Eigenbasis.obstacle(site, input.structure(), output.structure())
        .ifPresent(
            obstacle -> {
              throw new UnsupportedLayerException(
                  site.name(),
                  "expected gradients per example for a re-estimated spectrum (EKFAC), found that "
                      + obstacle
                      + "; use KfacOptions.kfac()");
            });
    Class<T> type = site.weight().type();
    Shape matrix = Shape.of(site.inputSize(), site.outputSize());
    Shape shape =
        site.inputStructure() instanceof FactorStructure.Stack stack
            ? Shape.of(stack.count()).append(matrix)
            : matrix;
    return Optional.of(
        new SpectrumState<>(
            store.create(
                site.name() + "/S",
                type,
                shape,
                tf -> tf.fill(tf.constant(shape), tf.constant(type, 1))),
            counter(store, site.name() + "/S_updates")));
  }

  private static GraphVariable<TInt64> counter(StateStore store, String name) {
    return store.create(name, TInt64.class, Shape.scalar(), tf -> tf.constant(0L));
  }
}
