package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Workers;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.StateStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Gathers gradients and second moments over micro-batches, so that one training step sees them as
 * one large batch.
 *
 * <p><i>Scale</i>: the mean of the micro-batches' gradients, as if the loss had been the mean over
 * all of them; the output gradients in the second moments are divided by the number of
 * micro-batches likewise. The micro-batches must have equal sizes.
 */
final class Accumulation<T extends TNumber> {

  private final Workers workers;
  private final int microBatches;
  private final Class<T> type;
  private final List<CapturedLayer<T>> layers;
  private final GraphVariable<TInt64> position;
  private final Map<String, GraphVariable<T>> gradientSums = new LinkedHashMap<>();
  private final Map<String, MomentSums<T>> momentSums = new LinkedHashMap<>();

  /** Running sums of one layer's second moments. */
  private record MomentSums<T extends TNumber>(
      GraphVariable<T> input, GraphVariable<T> gradient, GraphVariable<T> counts) {}

  /** Builds the training step that sees the gathered values. */
  @FunctionalInterface
  interface Step<T extends TNumber> {
    Op build(
        Ops tf,
        Map<String, Operand<T>> gradients,
        Function<Map<String, Operand<T>>, Observed<T>> observed);
  }

  /**
   * The gathered second moments and gradients.
   *
   * @param gradients by variable name
   */
  private record Gathered<T extends TNumber>(
      Accumulation<T> sums, Function<String, Operand<T>> gradients) implements Observed<T> {

    @Override
    public Observed<T> behind(Ops tf, Supplier<Operand<TBool>> predicate) {
      return new Gathered<>(sums, name -> Gate.pass(tf, predicate.get(), gradients.apply(name)));
    }

    @Override
    public LayerBatch<T> of(CapturedLayer<T> layer, Optional<AverageShares<T>> shares) {
      LayerSite<T> site = layer.site();
      return new LayerBatch<>(layer, shares) {
        @Override
        public List<SecondMoments<T>> moments(Ops tf) {
          return List.of(sums.moments(tf, site));
        }

        @Override
        public FisherTap<T> tap(Ops tf) {
          throw new IllegalStateException("the flows of gathered micro-batches are not kept");
        }

        @Override
        public Operand<T> gradient(Ops tf) {
          return Directions.matrix(tf, site, gradients);
        }

        @Override
        public Optional<Operand<TBool>> anyExample(Ops tf) {
          return layer
              .mask()
              .map(
                  mask -> {
                    Operand<T> examples = sums.moments(tf, site).examples();
                    return tf.math.greater(examples, tf.zerosLike(examples));
                  });
        }
      };
    }
  }

  Accumulation(
      StateStore store,
      int microBatches,
      List<GraphVariable<T>> variables,
      List<CapturedLayer<T>> layers,
      Workers workers,
      Class<T> type) {
    this.workers = workers;
    this.microBatches = microBatches;
    this.type = type;
    this.layers = List.copyOf(layers);
    this.position =
        store.create("micro_batch", TInt64.class, Shape.scalar(), tf -> tf.constant(0L));
    for (GraphVariable<T> variable : variables) {
      gradientSums.put(
          variable.name(), zeros(store, variable.name() + "/gradient_sum", variable.shape()));
    }
    for (CapturedLayer<T> layer : layers) {
      LayerSite<T> site = layer.site();
      momentSums.put(
          site.name(),
          new MomentSums<>(
              zeros(store, site.name() + "/A_sum", layer.inputStructure().shape()),
              zeros(store, site.name() + "/G_sum", layer.outputStructure().shape()),
              zeros(store, site.name() + "/counts", Shape.of(2))));
    }
  }

  Op build(
      Ops tf,
      Map<String, Operand<T>> gradients,
      Observed<T> microBatch,
      Operand<TBool> statisticsDue,
      Step<T> step) {
    Operand<TInt64> now = position.read(tf);
    List<Op> gathered = new ArrayList<>();
    gradients.forEach(
        (name, gradient) -> {
          GraphVariable<T> sum = sumOf(name);
          Operand<T> share = tf.math.mul(gradient, tf.constant(type, 1.0 / microBatches));
          gathered.add(tf.assignAddVariableOp(sum.output(), share));
        });
    Observed<T> passed = microBatch.behind(tf, () -> statisticsDue);
    gathered.add(Gate.when(tf, statisticsDue, gated -> gatherMoments(gated, passed)));
    Ops complete = OrderedOps.after(tf, gathered);
    Operand<TBool> last = tf.math.equal(now, tf.constant(microBatches - 1L));
    Op stepped =
        Gate.when(
            complete,
            last,
            gated -> {
              Map<String, Operand<T>> means = new LinkedHashMap<>();
              gradientSums.forEach((name, sum) -> means.put(name, sum.read(gated)));
              Op done =
                  step.build(
                      gated,
                      means,
                      clipped -> new Gathered<>(this, name -> Directions.required(clipped, name)));
              return reset(OrderedOps.after(gated, List.of(done)));
            });
    Op advanced =
        Gate.when(
            complete,
            tf.math.logicalNot(last),
            gated -> List.of(Counters.increment(gated, position)));
    List<Op> all = new ArrayList<>(List.of(stepped, advanced));
    if (!workers.isAlone()) {
      // Every run exchanges something: see Workers.
      all.add(workers.sum(tf, now));
    }
    return OrderedOps.group(tf, all);
  }

  private List<Op> gatherMoments(Ops tf, Observed<T> microBatch) {
    List<CapturedLayer<T>> backward = new ArrayList<>(layers);
    Collections.reverse(backward);
    double share = 1.0 / microBatches;
    return OrderedOps.chain(
        tf,
        backward,
        (ops, layer) -> {
          LayerBatch<T> seen = microBatch.of(layer, Optional.empty());
          SecondMoments<T> batch =
              MomentShare.of(ops, layer.site(), seen.moments(ops).get(0), share);
          MomentSums<T> sums = sumsOf(layer.site());
          Optional<Operand<TBool>> any = seen.anyExample(ops);
          return List.of(
              addTo(ops, sums.input(), batch.inputSum(), any),
              addTo(ops, sums.gradient(), batch.gradientSum(), any),
              addTo(ops, sums.counts(), ops.stack(List.of(batch.rows(), batch.examples())), any));
        });
  }

  private static <T extends TNumber> Op addTo(
      Ops tf, GraphVariable<T> sum, Operand<T> amount, Optional<Operand<TBool>> any) {
    Operand<T> counted =
        any.<Operand<T>>map(some -> tf.select(some, amount, tf.zerosLike(amount))).orElse(amount);
    return tf.assignAddVariableOp(sum.output(), counted);
  }

  private SecondMoments<T> moments(Ops tf, LayerSite<T> site) {
    MomentSums<T> sums = sumsOf(site);
    List<Operand<T>> counts = new ArrayList<>();
    tf.unstack(sums.counts().read(tf), 2L).forEach(counts::add);
    return new SecondMoments<>(
        sums.input().read(tf), sums.gradient().read(tf), counts.get(0), counts.get(1));
  }

  private List<Op> reset(Ops tf) {
    List<Op> effects = new ArrayList<>();
    gradientSums.values().forEach(sum -> effects.add(clear(tf, sum)));
    for (MomentSums<T> sums : momentSums.values()) {
      effects.add(clear(tf, sums.input()));
      effects.add(clear(tf, sums.gradient()));
      effects.add(clear(tf, sums.counts()));
    }
    effects.add(position.assign(tf, tf.constant(0L)));
    return effects;
  }

  private Op clear(Ops tf, GraphVariable<T> variable) {
    return variable.assign(tf, tf.fill(tf.constant(variable.shape()), tf.constant(type, 0)));
  }

  private GraphVariable<T> sumOf(String name) {
    GraphVariable<T> sum = gradientSums.get(name);
    if (sum == null) {
      throw new IllegalStateException("no gradient sum for '" + name + "'");
    }
    return sum;
  }

  private MomentSums<T> sumsOf(LayerSite<T> site) {
    MomentSums<T> sums = momentSums.get(site.name());
    if (sums == null) {
      throw new IllegalStateException("no sums of moments for '" + site.name() + "'");
    }
    return sums;
  }

  private GraphVariable<T> zeros(StateStore store, String name, Shape shape) {
    return store.create(name, type, shape, tf -> tf.fill(tf.constant(shape), tf.constant(type, 0)));
  }
}
