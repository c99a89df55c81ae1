package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Refresh of a group in which each layer has one keeper, which does the layer's works, one after
 * the other; the others add their parts of the batch where a work takes it. Works on no layer are
 * done by all.
 *
 * <p>The counters rise by the sum of what the keepers counted.
 */
record KeptRefresh<T extends TNumber>(
    LayerKeepers keepers, Counters counters, RefreshGroup<T> group, RefreshContext<T> context) {

  List<Op> build(Ops tf) {
    List<RefreshWork<T>> common = new ArrayList<>();
    List<LayerWork<T>> ofLayers = new ArrayList<>();
    for (RefreshWork<T> work : group.works()) {
      if (work instanceof LayerWork<T> ofLayer) {
        ofLayers.add(ofLayer);
      } else {
        common.add(work);
      }
    }
    List<Op> all = new ArrayList<>(FactorRefresh.chain(tf, common, context));
    Operand<TInt64> before = counters.ofRefreshes(OrderedOps.after(tf, all));
    Ops counted = OrderedOps.after(tf, List.of(before));
    List<Op> own = new ArrayList<>();
    Ops current = counted;
    for (LayerWork<T> work : ofLayers) {
      if (keepers.keeps(work.layer().index())) {
        List<Op> done = FactorRefresh.chain(current, List.of(work), context);
        own.addAll(done);
        current = OrderedOps.after(counted, done);
      } else {
        // Without waiting for works of this worker, which may wait for a part of another one.
        all.addAll(work.contribute(counted, context));
      }
    }
    all.addAll(own);
    Operand<TInt64> after =
        counters.ofRefreshes(OrderedOps.after(tf, own.isEmpty() ? List.of(before) : own));
    Operand<TInt64> total =
        tf.math.add(before, keepers.workers().sum(tf, tf.math.sub(after, before)));
    all.addAll(counters.assignOfRefreshes(tf, total));
    return all;
  }
}
