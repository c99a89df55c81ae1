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
    Shape shape = value.shape();
    DataType type = Operands.toDataType(value.type());
    Operand<T> sum = value;
    List<Hop> ofOthers = new ArrayList<>();
    for (int next = 1; next < count; next++) {
      int from = (owner + next) % count;
      Hop hop = new Hop(from, log.next(BROADCAST, shape, type), shape, type);
      if (index == from) {
        sum = hop.send(tf, sum.asOutput()).output(0);
      } else if (index == (from + 1) % count) {
        sum = tf.math.add(hop.receive(tf).<T>output(0), value);
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
  private static Ops known(Ops tf, List<Hop> ofOthers) {
    Operand<TBool> never = tf.placeholderWithDefault(tf.constant(false), Shape.scalar());
    Op gate =
        Gate.when(
            tf,
            never,
            gated -> ofOthers.stream().<Op>map(hop -> hop.receive(gated).output(0)).toList());
    return OrderedOps.after(tf, List.of(gate));
  }

  /** Exchange by which one worker sends to the next. */
  private final class Hop {

    private final int from;
    private final long number;
    private final Shape shape;
    private final DataType type;

    Hop(int from, long number, Shape shape, DataType type) {
      this.from = from;
      this.number = number;
      this.shape = shape;
      this.type = type;
    }

    Operation send(Ops tf, Output<?> value) {
      return operation(tf, BROADCAST + "Send").addInput(value).build();
    }

    Operation receive(Ops tf) {
      return operation(tf, BROADCAST + "Recv").setAttr("T", type).build();
    }

    private OperationBuilder operation(Ops tf, String kind) {
      return CollectiveWorkers.this
          .operation(tf, kind, 2, GROUP + 1 + from, number)
          .setAttr("shape", shape);
    }
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
    OperationBuilder builder =
        owner == index
            ? operation(tf, BROADCAST + "Send", shape, type).addInput(value.orElseThrow())
            : operation(tf, BROADCAST + "Recv", shape, type).setAttr("T", type);
    return builder.setAttr("shape", shape).build();
  }

  private <T extends TNumber> OperationBuilder operation(
      Ops tf, String kind, Shape shape, Class<T> type) {
    return operation(tf, kind, shape, Operands.toDataType(type));
  }

  private OperationBuilder operation(Ops tf, String kind, Shape shape, DataType type) {
    return operation(tf, kind, log.next(kind, shape, type));
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
