package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.RefreshContext;
import io.github.tfkfac.extension.RefreshWork;
import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** Work on the curvature of layers, which the worker that keeps them can do. */
interface LayerWork<T extends TNumber> extends RefreshWork<T> {

  /** The work in parts, each on layers of one worker. */
  List<? extends LayerWork<T>> byKeeper(LayerKeepers keepers);

  /** A layer that the work is on. */
  CapturedLayer<T> layer();

  /** Adds this worker's part of the batch to the work of another one. */
  List<Op> contribute(Ops tf, RefreshContext<T> context);
}
