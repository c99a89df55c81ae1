package io.github.tfkfac;

import io.github.tfkfac.internal.optimizer.StageClock;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * The times at which the stages of a training step end.
 *
 * <p>Between two stages the system's clock is read: after everything of the one, before anything of
 * the other, so that stages that TensorFlow would overlap follow one another. What a step computes
 * stays the same to the bit. What is not due takes no time.
 *
 * <p>On a GPU, whose kernels run behind the host, the clock waits for a value that is computed
 * there after the stage and copied to the host.
 */
public final class StageTimes {

  private final Map<Stage, Operand<TFloat64>> ends = new EnumMap<>(Stage.class);
  private @Nullable Operand<TFloat64> values;

  StageTimes() {}

  StageClock clock() {
    return this::end;
  }

  private Ops end(Ops tf, Stage stage, List<? extends Op> last) {
    Ops after = OrderedOps.after(tf, last);
    Operand<TFloat32> computed =
        after.math.neg(after.placeholderWithDefault(after.constant(0f), Shape.scalar()));
    Operand<TFloat32> copied = after.withDevice(host()).identity(computed);
    Operand<TFloat64> now = OrderedOps.after(tf, List.of(copied)).timestamp();
    ends.put(stage, now);
    return OrderedOps.after(tf, List.of(now));
  }

  private static DeviceSpec host() {
    return DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).deviceIndex(0).build();
  }

  /** Puts the times together, when all stages are known. */
  void complete(Ops tf) {
    List<Operand<TFloat64>> all = new ArrayList<>(ends.values());
    values = tf.stack(all);
  }

  /**
   * The times in seconds since 1970, a vector; fetch it with the training operation.
   *
   * @throws IllegalStateException before {@code minimize}
   */
  public Operand<TFloat64> ends() {
    if (values == null) {
      throw new IllegalStateException("call minimize on the Kfac optimizer first");
    }
    return values;
  }

  /**
   * The seconds of every stage.
   *
   * @param fetched the values of {@link #ends}
   * @param start when the step was started, in seconds since 1970
   */
  public Map<Stage, Double> seconds(TFloat64 fetched, double start) {
    Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
    double before = start;
    int index = 0;
    for (Stage stage : ends.keySet()) {
      double end = fetched.getDouble(index++);
      seconds.put(stage, end - before);
      before = end;
    }
    return seconds;
  }
}
