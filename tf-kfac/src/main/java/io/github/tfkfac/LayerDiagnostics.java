package io.github.tfkfac;

import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.extension.RefreshWork.Aged;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.diagnostics.LayerQuality;
import io.github.tfkfac.internal.diagnostics.Measurements;
import io.github.tfkfac.internal.diagnostics.Measurements.Entry;
import io.github.tfkfac.internal.optimizer.Curvature;
import io.github.tfkfac.internal.optimizer.Directions;
import io.github.tfkfac.internal.optimizer.RefreshGroup;
import io.github.tfkfac.internal.optimizer.TrainStep;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Diagnostics of every captured layer, as separate graph operations.
 *
 * <p>{@link #ofStep} belongs to one step: fetch it together with the training operation. {@link
 * #ofState} tells of the state between two steps, with the damping of the step to come: fetch it in
 * a run of its own, in which nothing is fed.
 *
 * <p>With {@link WorkerLayout#MEMORY} a worker measures the state of the layers that it keeps.
 *
 * <p>The age of an inverse is that of the schedule: refreshes that were rejected, skipped or run by
 * {@link SeparateOps} do not show.
 */
public final class LayerDiagnostics {

  private final List<String> layers;
  private final Measurements ofStep;
  private final Measurements ofState;

  private LayerDiagnostics(List<String> layers, Measurements ofStep, Measurements ofState) {
    this.layers = layers;
    this.ofStep = ofStep;
    this.ofState = ofState;
  }

  static <T extends TNumber> LayerDiagnostics build(Ops tf, TrainStep<T> step) {
    Directions.Result<T> used = step.used().orElseThrow();
    Curvature<T> curvature = step.curvature().orElseThrow();
    List<CurvatureBlock<T>> blocks = curvature.blocks();
    Operand<TInt64> done = step.stepsDone(tf);
    List<Entry> ofStep = new ArrayList<>();
    List<Entry> ofState = new ArrayList<>();
    List<String> layers = blocks.stream().map(block -> block.layer().site().name()).toList();
    Map<Aged, Operand<TInt64>> ages = ages(tf, curvature.refresh().groups(), done);
    for (int i = 0; i < layers.size(); i++) {
      String name = layers.get(i);
      CurvatureBlock<T> block = blocks.get(i);
      Operand<T> cosine =
          LayerQuality.cosine(tf, used.preconditioned().get(i), used.gradients().get(i));
      ofStep.add(entry(tf, name, Quantity.COSINE, cosine));
      ofStep.add(entry(tf, name, Quantity.LENGTH_FACTOR, used.lengthFactors().get(i)));
      Map<Quantity, Operand<? extends TNumber>> found = new EnumMap<>(Quantity.class);
      if (block.layer().isKeptHere()) {
        found.putAll(
            block.diagnostics(tf, new StepScalars<>(tf, done, done, block.layer().type())));
      }
      ages.forEach(
          (aged, age) -> {
            if (aged.layer().equals(name)) {
              found.put(aged.age(), age);
            }
          });
      found.forEach((quantity, value) -> ofState.add(entry(tf, name, quantity, value)));
    }
    return new LayerDiagnostics(layers, Measurements.of(tf, ofStep), Measurements.of(tf, ofState));
  }

  /** The layers, in the order of {@link Kfac#layers}. */
  public List<String> layers() {
    return layers;
  }

  /** Cosines and length factors of the current step; fetch it with the training operation. */
  public Operand<TFloat64> ofStep() {
    return ofStep.values();
  }

  /** Everything else; fetch it between two steps. */
  public Operand<TFloat64> ofState() {
    return ofState.values();
  }

  /** The fetched values, a row per layer. */
  public List<DiagnosticsRow> rows(TFloat64 stepValues, TFloat64 stateValues) {
    Map<String, Map<Quantity, Double>> first = ofStep.read(stepValues);
    Map<String, Map<Quantity, Double>> second = ofState.read(stateValues);
    return layers.stream()
        .map(
            layer -> {
              Map<Quantity, Double> all = new EnumMap<>(Quantity.class);
              all.putAll(first.getOrDefault(layer, Map.of()));
              all.putAll(second.getOrDefault(layer, Map.of()));
              return new DiagnosticsRow(layer, all);
            })
        .toList();
  }

  private static <T extends TNumber> Map<Aged, Operand<TInt64>> ages(
      Ops tf, List<RefreshGroup<T>> groups, Operand<TInt64> done) {
    Map<Aged, Operand<TInt64>> ages = new HashMap<>();
    for (RefreshGroup<T> group : groups) {
      for (RefreshWork<T> work : group.works()) {
        work.aged().forEach(aged -> ages.put(aged, age(tf, group, done)));
      }
    }
    return ages;
  }

  private static <T extends TNumber> Operand<TInt64> age(
      Ops tf, RefreshGroup<T> group, Operand<TInt64> done) {
    Operand<TInt64> sinceFirst = tf.math.sub(done, tf.constant(1 + group.offset()));
    return tf.select(
        tf.math.less(sinceFirst, tf.constant(0L)),
        done,
        tf.math.floorMod(sinceFirst, tf.constant(group.policy().period())));
  }

  private static Entry entry(
      Ops tf, String layer, Quantity quantity, Operand<? extends TNumber> value) {
    return new Entry(layer, quantity, tf.dtypes.cast(value, TFloat64.class));
  }
}
