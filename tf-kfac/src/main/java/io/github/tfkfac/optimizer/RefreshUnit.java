package io.github.tfkfac.optimizer;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Factors that are refreshed at once. */
interface RefreshUnit<T extends TNumber> {

  /** Context that a refresh may use. */
  record Context<T extends TNumber>(
      Operand<TInt64> step, Exactness exactness, Observed<T> observed, Counters counters) {}

  /** Builds the refresh; what it returns changes the state. */
  List<Op> refresh(Ops tf, Context<T> context);

  /** Roughly the multiplications of an exact refresh. */
  double cost();
}
