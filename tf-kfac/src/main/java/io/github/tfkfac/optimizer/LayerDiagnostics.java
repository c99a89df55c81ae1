package io.github.tfkfac.optimizer;

import io.github.tfkfac.diagnostics.DiagnosticsRow;
import io.github.tfkfac.diagnostics.FactorQuality;
import io.github.tfkfac.diagnostics.LayerQuality;
import io.github.tfkfac.diagnostics.Measurements;
import io.github.tfkfac.diagnostics.Measurements.Entry;
import io.github.tfkfac.diagnostics.Quantity;
import io.github.tfkfac.optimizer.Approximation.Eigenbases;
import io.github.tfkfac.optimizer.FactorStack.Member;
import io.github.tfkfac.optimizer.FactorStack.Side;
import io.github.tfkfac.precondition.EigenPreconditioner;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
    List<LayerState<T>> states = curvature.layers();
    Map<Member<T>, RefreshGroup<T>> groups = groups(curvature.refresh().groups());
    Operand<TInt64> done = step.stepsDone(tf);
    List<Entry> ofStep = new ArrayList<>();
    List<Entry> ofState = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      LayerState<T> layer = states.get(i);
      String name = layer.site().name();
      Operand<T> gradient = used.gradients().get(i);
      Operand<T> cosine = LayerQuality.cosine(tf, used.preconditioned().get(i), gradient);
      ofStep.add(entry(tf, name, Quantity.COSINE, cosine));
      ofStep.add(entry(tf, name, Quantity.LENGTH_FACTOR, used.lengthFactors().get(i)));
      Map<Quantity, Operand<?>> found = new EnumMap<>(Quantity.class);
      for (Side side : Side.values()) {
        Member<T> member = new Member<>(layer, side);
        measure(tf, member, done, found);
        Optional.ofNullable(groups.get(member))
            .ifPresent(group -> found.put(Names.of(side).age(), age(tf, group, done)));
      }
      condition(tf, layer, gradient, done, found)
          .ifPresent(value -> found.put(Quantity.CONDITION, value));
      found.forEach((quantity, value) -> ofState.add(entry(tf, name, quantity, value)));
    }
    return new LayerDiagnostics(
        states.stream().map(layer -> layer.site().name()).toList(),
        Measurements.of(tf, ofStep),
        Measurements.of(tf, ofState));
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

  private static <T extends TNumber> void measure(
      Ops tf, Member<T> member, Operand<TInt64> done, Map<Quantity, Operand<?>> found) {
    FactorState<T> factor = member.factor();
    Names names = Names.of(member.side());
    if (factor.average().isPresent()) {
      Operand<T> average = factor.average().get().read(tf);
      found.put(names.lambdaMax(), FactorQuality.lambdaMax(tf, factor.structure(), average));
      if (factor.inverse().isPresent()) {
        Operand<T> damping =
            StackDamping.of(
                tf,
                new FactorStack<>(List.of(member)),
                average,
                member.layer().approximation().damping(),
                done,
                average.type());
        FactorQuality<T> quality =
            FactorQuality.of(
                tf, factor.structure(), average, damping, factor.inverse().get().read(tf));
        found.put(names.condition(), quality.condition());
        found.put(names.residual(), quality.residual());
      }
    }
    factor
        .repairs()
        .map(repairs -> repairs.read(tf))
        .ifPresent(
            counts -> {
              found.put(names.extended(), tf.gather(counts, tf.constant(0), tf.constant(0)));
              found.put(names.exact(), tf.gather(counts, tf.constant(1), tf.constant(0)));
            });
  }

  private static <T extends TNumber> Optional<Operand<T>> condition(
      Ops tf,
      LayerState<T> layer,
      Operand<T> gradient,
      Operand<TInt64> done,
      Map<Quantity, Operand<?>> found) {
    if (layer.approximation() instanceof Eigenbases bases) {
      Class<T> type = gradient.type();
      EigenPreconditioner<T> eigen =
          new EigenPreconditioner<>(
              layer.input().eigenSide(tf, type), layer.output().eigenSide(tf, type));
      Operand<T> spectrum =
          layer
              .spectrum()
              .map(state -> state.diagonal().read(tf))
              .orElseGet(() -> eigen.spectrum(tf, gradient));
      Operand<T> damping = tf.dtypes.cast(bases.damping().strength().at(tf, done), type);
      return Optional.of(LayerQuality.condition(tf, spectrum, damping));
    }
    @SuppressWarnings("unchecked") // of the layer's type
    List<Operand<T>> factors =
        Stream.of(Quantity.INPUT_CONDITION, Quantity.OUTPUT_CONDITION)
            .flatMap(quantity -> Stream.ofNullable((Operand<T>) found.get(quantity)))
            .toList();
    return factors.stream().reduce((a, b) -> tf.math.mul(a, b));
  }

  private static <T extends TNumber> Operand<TInt64> age(
      Ops tf, RefreshGroup<T> group, Operand<TInt64> done) {
    Operand<TInt64> sinceFirst = tf.math.sub(done, tf.constant(1 + group.offset()));
    return tf.select(
        tf.math.less(sinceFirst, tf.constant(0L)),
        done,
        tf.math.floorMod(sinceFirst, tf.constant(group.policy().period())));
  }

  private static <T extends TNumber> Map<Member<T>, RefreshGroup<T>> groups(
      List<RefreshGroup<T>> all) {
    Map<Member<T>, RefreshGroup<T>> groups = new HashMap<>();
    for (RefreshGroup<T> group : all) {
      for (RefreshUnit<T> unit : group.units()) {
        members(unit).forEach(member -> groups.put(member, group));
      }
    }
    return groups;
  }

  private static <T extends TNumber> List<Member<T>> members(RefreshUnit<T> unit) {
    if (unit instanceof InverseUnit<T> inverses) {
      return inverses.stack().members();
    }
    if (unit instanceof EigenbasisUnit<T> bases) {
      return bases.stack().members();
    }
    List<Member<T>> members = new ArrayList<>();
    if (unit instanceof LowRankUnit<T> lowRank) {
      for (Side side : Side.values()) {
        Member<T> member = new Member<>(lowRank.layer(), side);
        if (member.factor().inverse().isPresent()) {
          members.add(member);
        }
      }
    }
    return members;
  }

  private static Entry entry(Ops tf, String layer, Quantity quantity, Operand<?> value) {
    return new Entry(layer, quantity, cast(tf, value));
  }

  @SuppressWarnings("unchecked") // every quantity is a number
  private static Operand<TFloat64> cast(Ops tf, Operand<?> value) {
    return tf.dtypes.cast((Operand<? extends TNumber>) value, TFloat64.class);
  }

  /** The quantities of one side. */
  private record Names(
      Quantity lambdaMax,
      Quantity condition,
      Quantity residual,
      Quantity age,
      Quantity extended,
      Quantity exact) {

    static Names of(Side side) {
      return switch (side) {
        case INPUT ->
            new Names(
                Quantity.INPUT_LAMBDA_MAX,
                Quantity.INPUT_CONDITION,
                Quantity.INPUT_RESIDUAL,
                Quantity.INPUT_AGE,
                Quantity.INPUT_EXTENDED_REFRESHES,
                Quantity.INPUT_EXACT_REPAIRS);
        case OUTPUT ->
            new Names(
                Quantity.OUTPUT_LAMBDA_MAX,
                Quantity.OUTPUT_CONDITION,
                Quantity.OUTPUT_RESIDUAL,
                Quantity.OUTPUT_AGE,
                Quantity.OUTPUT_EXTENDED_REFRESHES,
                Quantity.OUTPUT_EXACT_REPAIRS);
      };
    }
  }
}
