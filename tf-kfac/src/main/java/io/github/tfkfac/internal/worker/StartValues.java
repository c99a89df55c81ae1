package io.github.tfkfac.internal.worker;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterException;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.VariableAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TInt64;

/**
 * Compares the graphs of all workers, and sets the variables that all have to the values of worker
 * 0.
 */
public final class StartValues {

  private static final int OWNER = 0;

  /** The type as which a value is sent. */
  private static final Map<DataType, DataType> SENT =
      Map.ofEntries(
          Map.entry(DataType.DT_FLOAT, DataType.DT_FLOAT),
          Map.entry(DataType.DT_DOUBLE, DataType.DT_DOUBLE),
          Map.entry(DataType.DT_HALF, DataType.DT_HALF),
          Map.entry(DataType.DT_BFLOAT16, DataType.DT_FLOAT),
          Map.entry(DataType.DT_INT32, DataType.DT_INT32),
          Map.entry(DataType.DT_INT64, DataType.DT_INT64),
          Map.entry(DataType.DT_INT8, DataType.DT_INT32),
          Map.entry(DataType.DT_UINT8, DataType.DT_INT32),
          Map.entry(DataType.DT_INT16, DataType.DT_INT32),
          Map.entry(DataType.DT_UINT16, DataType.DT_INT32),
          Map.entry(DataType.DT_BOOL, DataType.DT_INT32));

  /** What is compared besides the texts, in the order of a row. */
  private static final List<String> OF_GRAPH = List.of("variables", "exchanges", "exchanges");

  private final Cluster cluster;
  private final CollectiveWorkers workers;
  private final Session session;
  private final Duration limit;

  /**
   * Start values of a session.
   *
   * @param limit of the time that the comparison takes, in which all workers must have started
   */
  public StartValues(Cluster cluster, CollectiveWorkers workers, Session session, Duration limit) {
    this.cluster = cluster;
    this.workers = workers;
    this.session = session;
    this.limit = limit;
  }

  /** See {@link io.github.tfkfac.ClusterSession#agree}. */
  public void agree(SortedMap<String, String> texts) {
    List<GraphOperation> variables = new ArrayList<>();
    session
        .graph()
        .operations()
        .forEachRemaining(
            operation -> {
              if (VariableAccess.isVariable(operation)
                  && !VariableAccess.isOfOneWorker(operation)) {
                variables.add(operation);
              }
            });
    Ops tf = Ops.create(session.graph()).withSubScope("workers_agree");
    List<String> compared = new ArrayList<>(texts.keySet());
    compared.addAll(OF_GRAPH);
    LongStream ofGraph =
        LongStream.of(
            variables.stream().map(StartValues::describe).toList().hashCode(),
            workers.log().count(),
            workers.log().fingerprint());
    long[] row =
        LongStream.concat(texts.values().stream().mapToLong(String::hashCode), ofGraph).toArray();
    compare(compared, workers.compare(tf, row));
    List<Op> assignments = new ArrayList<>();
    for (GraphOperation variable : variables) {
      DataType sent = SENT.get(type(variable));
      if (sent != null) {
        assignments.add(assignment(tf, variable, sent));
      }
    }
    runner().addTarget(OrderedOps.group(tf, assignments)).run().close();
  }

  private void compare(List<String> compared, Operand<TInt64> rows) {
    try (Result result = runner().fetch(rows).run()) {
      TInt64 values = (TInt64) result.get(0);
      for (int worker = 1; worker < cluster.count(); worker++) {
        for (int i = 0; i < compared.size(); i++) {
          if (values.getLong(worker, i) != values.getLong(OWNER, i)) {
            throw new ClusterException(
                "expected the same %s on all workers, found others on %s than on worker %d; start all with the same program, version, settings and data"
                    .formatted(compared.get(i), cluster.name(worker), OWNER));
          }
        }
      }
    }
  }

  private Op assignment(Ops tf, GraphOperation variable, DataType sent) {
    DataType type = type(variable);
    Optional<Output<?>> own =
        workers.index() == OWNER
            ? Optional.of(cast(tf, VariableAccess.read(tf, variable), type, sent))
            : Optional.empty();
    Output<?> received = workers.broadcast(tf, OWNER, own, shape(variable), sent).output(0);
    return VariableAccess.assign(tf, variable, cast(tf, received, sent, type));
  }

  private static Output<?> cast(Ops tf, Output<?> value, DataType from, DataType to) {
    if (from == to) {
      return value;
    }
    return tf.scope()
        .opBuilder("Cast", "Cast")
        .addInput(value)
        .setAttr("DstT", to)
        .build()
        .output(0);
  }

  private Session.Runner runner() {
    return session
        .runner()
        .setOptions(RunOptions.newBuilder().setTimeoutInMs(limit.toMillis()).build());
  }

  private static DataType type(GraphOperation variable) {
    return variable.attributes().getAttrType("dtype");
  }

  private static Shape shape(GraphOperation variable) {
    return variable.attributes().getAttrShape("shape");
  }

  private static String describe(GraphOperation variable) {
    return variable.name() + type(variable).name() + shape(variable);
  }
}
