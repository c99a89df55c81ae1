package io.github.tfkfac.internal.worker;

import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Workers;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.internal.state.OrderedOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * Workers that exchange values by TensorFlow's collective operations of version 1, the only ones
 * that work between processes in a graph.
 *
 * <p>An exchange is known to the server by a number, which must be the same on all workers and must
 * never be used for another shape or kind. So one object counts the exchanges of all graphs of a
 * process.
 */
public final class CollectiveWorkers implements Workers {

  /** Largest size of what {@link #means} packs into one exchange. */
  private static final long BUCKET_BYTES = 8L << 20;

  private static final String BROADCAST = "CollectiveBcast";

  /** All workers; each with the next one has a number behind it. */
  private static final long GROUP = 1;

  private final int count;
  private final int index;
  private final CollectiveHint hint;
  private final ExchangeLog log = new ExchangeLog();

  /**
   * Workers.
   *
   * @param index place of this one
   */
  public CollectiveWorkers(int count, int index, CollectiveHint hint) {
    this.count = count;
    this.index = index;
    this.hint = hint;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int index() {
    return index;
  }

  /** How many exchanges were built so far. */
  public long exchanges() {
    return log.count();
  }

  /** What was built so far. */
  ExchangeLog log() {
    return log;
  }

  @Override
  public <T extends TNumber> Operand<T> sum(Ops tf, Operand<T> value) {
    return reduce(tf, value, "Id");
  }

  /**
   * From the worker after the owner around a ring each one adds its value to what it received and
   * passes the sum on, in a group of the two.
   */
  @Override
  public <T extends TNumber> Operand<T> sumAt(Ops tf, int owner, Operand<T> value) {
    Operand<T> sum = value;
    List<Broadcast> ofOthers = new ArrayList<>();
    for (int next = 1; next < count; next++) {
      int from = (owner + next) % count;
      Broadcast hop =
          broadcast(2, GROUP + 1 + from, value.shape(), Operands.toDataType(value.type()));
      if (index == from) {
        sum = send(tf, hop, sum.asOutput()).output(0);
      } else if (index == (from + 1) % count) {
        sum = tf.math.add(receive(tf, hop).<T>output(0), value);
      } else {
        ofOthers.add(hop);
      }
    }
    return ofOthers.isEmpty() ? sum : known(tf, ofOthers).identity(sum);
  }

  /**
   * After exchanges that this worker has in its graph but never runs: TensorFlow numbers the runs
   * of workers together only if the sets of exchanges in their graphs are equal.
   */
  private Ops known(Ops tf, List<Broadcast> ofOthers) {
    Operand<TBool> never = tf.placeholderWithDefault(tf.constant(false), Shape.scalar());
    Op gate =
        Gate.when(
            tf,
            never,
            gated -> ofOthers.stream().<Op>map(hop -> receive(gated, hop).output(0)).toList());
    return OrderedOps.after(tf, List.of(gate));
  }

  @Override
  public <T extends TNumber> Operand<T> mean(Ops tf, Operand<T> value) {
    return reduce(tf, value, "Div");
  }

  private <T extends TNumber> Operand<T> reduce(Ops tf, Operand<T> value, String last) {
    return operation(tf, "CollectiveReduce", value.shape(), value.type())
        .addInput(value.asOutput())
        .setAttr("merge_op", "Add")
        .setAttr("final_op", last)
        .setAttr("subdiv_offsets", new long[] {0})
        .build()
        .output(0);
  }

  @Override
  public <T extends TNumber> List<Operand<T>> sums(Ops tf, List<Operand<T>> values) {
    return Packed.of(tf, values).apply(tf, packed -> sum(tf, packed));
  }

  @Override
  public <T extends TNumber> List<Operand<T>> means(Ops tf, List<Operand<T>> values) {
    List<Operand<T>> means = new ArrayList<>();
    for (List<Operand<T>> bucket : buckets(values)) {
      if (bucket.size() == 1) {
        means.add(mean(tf, bucket.get(0)));
      } else {
        means.addAll(Packed.of(tf, bucket).apply(tf, packed -> mean(tf, packed)));
      }
    }
    return means;
  }

  /** Neighbors of known shapes together, as long as they are small; all others alone. */
  private static <T extends TNumber> List<List<Operand<T>>> buckets(List<Operand<T>> values) {
    List<List<Operand<T>>> buckets = new ArrayList<>();
    long bytes = BUCKET_BYTES + 1;
    for (Operand<T> value : values) {
      long size =
          value.shape().hasUnknownDimension()
              ? BUCKET_BYTES + 1
              : value.shape().size() * ElementSize.of(value.type());
      if (bytes + size > BUCKET_BYTES) {
        buckets.add(new ArrayList<>());
        bytes = 0;
      }
      buckets.get(buckets.size() - 1).add(value);
      bytes += size;
    }
    return buckets;
  }

  @Override
  public <T extends TNumber> Operand<T> gather(Ops tf, Operand<T> value) {
    long[] dimensions = value.shape().asArray().clone();
    if (dimensions[0] != Shape.UNKNOWN_SIZE) {
      dimensions[0] *= count;
    }
    Shape gathered = Shape.of(dimensions);
    return operation(tf, "CollectiveGather", gathered, value.type())
        .addInput(value.asOutput())
        .setAttr("shape", gathered)
        .build()
        .output(0);
  }

  @Override
  public <T extends TNumber> Operand<T> broadcast(
      Ops tf, int owner, Optional<Operand<T>> value, Shape shape, Class<T> type) {
    return broadcast(tf, owner, value.map(Operand::asOutput), shape, Operands.toDataType(type))
        .output(0);
  }

  /** The same for a value whose type is known by its number only. */
  Operation broadcast(
      Ops tf, int owner, Optional<? extends Output<?>> value, Shape shape, DataType type) {
    Broadcast all = broadcast(count, GROUP, shape, type);
    return owner == index ? send(tf, all, value.orElseThrow()) : receive(tf, all);
  }

  /** Exchange in which one worker of a group sends a value to the others. */
  private record Broadcast(long size, long group, long number, Shape shape, DataType type) {}

  private Broadcast broadcast(long size, long group, Shape shape, DataType type) {
    return new Broadcast(size, group, log.next(BROADCAST, shape, type), shape, type);
  }

  private Operation send(Ops tf, Broadcast broadcast, Output<?> value) {
    return operation(tf, BROADCAST + "Send", broadcast).addInput(value).build();
  }

  private Operation receive(Ops tf, Broadcast broadcast) {
    return operation(tf, BROADCAST + "Recv", broadcast).setAttr("T", broadcast.type()).build();
  }

  private OperationBuilder operation(Ops tf, String kind, Broadcast broadcast) {
    return operation(tf, kind, broadcast.size(), broadcast.group(), broadcast.number())
        .setAttr("shape", broadcast.shape());
  }

  private <T extends TNumber> OperationBuilder operation(
      Ops tf, String kind, Shape shape, Class<T> type) {
    return operation(tf, kind, log.next(kind, shape, Operands.toDataType(type)));
  }

  private OperationBuilder operation(Ops tf, String kind, long number) {
    return operation(tf, kind, count, GROUP, number);
  }

  private OperationBuilder operation(Ops tf, String kind, long size, long group, long number) {
    return tf.scope()
        .opBuilder(kind, kind)
        .setAttr("group_size", size)
        .setAttr("group_key", group)
        .setAttr("instance_key", number)
        .setAttr("communication_hint", hint.attribute());
  }

  /** The vectors of all workers, a row each: the same exchange in every graph. */
  Operand<TInt64> compare(Ops tf, long... values) {
    return operation(tf, "CollectiveGather", ExchangeLog.COMPARISON)
        .addInput(tf.constant(new long[][] {values}).asOutput())
        .setAttr("shape", Shape.of(count, values.length))
        .build()
        .output(0);
  }
}
