package io.github.tfkfac.models.train;

import io.github.tfkfac.ClusterException;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.optimizer.TrainStep;
import io.github.tfkfac.internal.state.VariableAccess;
import io.github.tfkfac.models.data.BatcherPosition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.RawTensor;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;

/**
 * Decisions that the workers of a training loop make together, and numbers that they add up: every
 * exchange gives each worker the rows of all, of which each computes the same. A process alone
 * exchanges nothing.
 *
 * <p>All workers call the same methods in the same order. Every exchange also tells whether a
 * worker was asked to stop, so that all stop after the same step.
 */
public final class LoopExchange {

  /** Numbers of a row, the first of which says whether to stop. */
  private static final int WIDTH = 16;

  /** Seconds between two signs of life of a chief that works for all. */
  private static final double SIGN_OF_LIFE_SECONDS = 1;

  private static final double NANOS_PER_SECOND = 1e9;

  private final TrainingWorkers workers;
  private final Session session;
  private final StopSignal stop;
  private final Optional<Nodes> nodes;
  private boolean stopping;
  private long lastExchange;

  private record Nodes(
      Placeholder<TFloat64> row, Operand<TFloat64> rows, List<Output<?>> weights) {}

  /**
   * Evaluation or other work that the chief does for all.
   *
   * @param done whether it was completed
   * @param result on the chief, if it was
   */
  public record Shared<R>(boolean done, Optional<R> result) {}

  /**
   * Exchanges of a loop; adds their operations to the graph, so the training step is there before.
   *
   * @param session opened by {@link TrainingWorkers#open}
   * @param stop asks this worker to stop
   */
  public LoopExchange(
      TrainingWorkers workers, TrainingOptimizer optimizer, Session session, StopSignal stop) {
    this.workers = workers;
    this.session = session;
    this.stop = stop;
    this.nodes =
        workers.isAlone() ? Optional.empty() : Optional.of(nodes(session.graph(), optimizer));
  }

  private Nodes nodes(Graph graph, TrainingOptimizer optimizer) {
    Ops tf = Ops.create(graph).withSubScope("loop_exchange");
    Placeholder<TFloat64> row =
        tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(1, WIDTH)));
    Set<String> ofOptimizer = new HashSet<>();
    optimizer.stateVariables().stream().map(GraphVariable::name).forEach(ofOptimizer::add);
    List<GraphOperation> variables = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (VariableAccess.isVariable(operation) && !ofOptimizer.contains(operation.name())) {
                variables.add(operation);
              }
            });
    List<Output<?>> weights = new ArrayList<>();
    for (GraphOperation variable : variables) {
      DataType type = variable.attributes().getAttrType("dtype");
      if (type == DataType.DT_FLOAT || type == DataType.DT_DOUBLE) {
        weights.add(VariableAccess.read(tf, variable));
      }
    }
    return new Nodes(row, workers.exchanges().gather(tf, row), weights);
  }

  /**
   * Waits for all workers, compares what they are about to do, and gives them the values and the
   * place of the chief.
   *
   * @param settings of the loop, which must be the same on all
   * @param place in the training data; that of the chief counts
   * @return the place
   * @throws ClusterException if something differs
   */
  public BatcherPosition start(Map<String, String> settings, BatcherPosition place) {
    if (nodes.isEmpty()) {
      return place;
    }
    Map<String, String> expected = new TreeMap<>(workers.expected());
    expected.put("settings", settings.toString());
    workers.cluster().orElseThrow().agree(session, expected);
    workers.keptIn(told(workers.folder()));
    double[] chief = rows(place.epoch(), place.offset())[0];
    return new BatcherPosition((int) chief[1], (int) chief[2]);
  }

  /** A text of the chief. */
  private String told(String own) {
    byte[] bytes = own.getBytes(StandardCharsets.UTF_8);
    byte[] told = new byte[(int) rows(bytes.length)[0][1]];
    for (int start = 0; start < told.length; start += WIDTH - 1) {
      double[] part = new double[WIDTH - 1];
      for (int i = 0; i < part.length && start + i < bytes.length; i++) {
        part[i] = bytes[start + i];
      }
      double[] chief = rows(part)[0];
      for (int i = 0; i < part.length && start + i < told.length; i++) {
        told[start + i] = (byte) chief[i + 1];
      }
    }
    return new String(told, StandardCharsets.UTF_8);
  }

  /** Whether this worker evaluates and writes for all. */
  public boolean isChief() {
    return workers.isChief();
  }

  /** Number of workers. */
  public int count() {
    return workers.exchanges().count();
  }

  /** A key of random numbers for the parts of a step's batch, which differs among workers. */
  public long randomKey(long step) {
    return step + workers.exchanges().index() * TrainStep.WORKER_STRIDE;
  }

  /** Whether to stop, as of the last exchange. */
  public boolean isStopRequested() {
    return nodes.isEmpty() ? stop.isRequested() : stopping;
  }

  /** The sums over all workers, added in their order; of a process alone its own numbers. */
  public double[] sums(double... own) {
    if (nodes.isEmpty()) {
      return own;
    }
    double[] sums = new double[own.length];
    for (double[] row : rows(own)) {
      for (int i = 0; i < own.length; i++) {
        sums[i] += row[i + 1];
      }
    }
    return sums;
  }

  /** The numbers of all workers, those of worker 0 first; each gives as many. */
  public List<Long> gathered(List<Long> own) {
    if (nodes.isEmpty()) {
      return own;
    }
    List<List<Long>> ofWorkers = new ArrayList<>();
    for (int start = 0; start < own.size(); start += WIDTH - 1) {
      List<Long> part = own.subList(start, Math.min(start + WIDTH - 1, own.size()));
      double[][] rows = rows(part.stream().mapToDouble(number -> number).toArray());
      for (int worker = 0; worker < rows.length; worker++) {
        if (start == 0) {
          ofWorkers.add(new ArrayList<>());
        }
        for (int i = 0; i < part.size(); i++) {
          ofWorkers.get(worker).add((long) rows[worker][i + 1]);
        }
      }
    }
    return ofWorkers.stream().flatMap(List::stream).toList();
  }

  /**
   * Does work on the chief alone; the others wait, as long as it takes.
   *
   * @param work asks its signal often whether to give up, by which the others know that it goes on
   */
  public <R> Shared<R> onChief(Function<StopSignal, Optional<R>> work) {
    if (nodes.isEmpty() || isChief()) {
      Optional<R> result = work.apply(nodes.isEmpty() ? stop : new StopSignal(this::signOfLife));
      if (nodes.isPresent()) {
        rows(1, result.isPresent() ? 1 : 0);
      }
      return new Shared<>(result.isPresent(), result);
    }
    double[] chief = rows()[0];
    while (chief[1] == 0) {
      chief = rows()[0];
    }
    return new Shared<>(chief[2] > 0, Optional.empty());
  }

  private boolean signOfLife() {
    if ((System.nanoTime() - lastExchange) / NANOS_PER_SECOND > SIGN_OF_LIFE_SECONDS) {
      rows();
    }
    return stopping;
  }

  /**
   * Saves a checkpoint: that of the chief, or each worker its own if they divide the state, the
   * chief last, so that those of the others are there if the chief's is.
   *
   * @param save saves this worker's
   * @return the checkpoint, on the chief
   * @throws ClusterException if the workers' weights are not the same, bit for bit
   */
  public Optional<Path> saved(long step, Supplier<Path> save) {
    requireSameWeights(step);
    if (!workers.savesState()) {
      return Optional.empty();
    }
    boolean divided = nodes.isPresent() && workers.isDivided();
    if (divided && isChief()) {
      rows();
    }
    Path saved = save.get();
    if (divided && !isChief()) {
      rows();
    }
    return isChief() ? Optional.of(saved) : Optional.empty();
  }

  /**
   * Compares all weights and moving statistics.
   *
   * @throws ClusterException if they are not the same, bit for bit
   */
  private void requireSameWeights(long step) {
    if (nodes.isEmpty()) {
      return;
    }
    double[][] rows = rows(checksum(nodes.get().weights()));
    for (int worker = 1; worker < rows.length; worker++) {
      if (rows[worker][1] != rows[0][1]) {
        throw new ClusterException(
            "expected the same weights on all workers after step %d, found others on %s than on worker 0; use machines and native libraries of one kind, and go on from the last checkpoint"
                .formatted(step, workers.cluster().orElseThrow().cluster().name(worker)));
      }
    }
  }

  private double checksum(List<Output<?>> weights) {
    Session.Runner runner = session.runner();
    weights.forEach(runner::fetch);
    CRC32C sum = new CRC32C();
    try (Result result = runner.run()) {
      for (int i = 0; i < weights.size(); i++) {
        RawTensor raw = result.get(i).asRawTensor();
        byte[] bytes = new byte[Math.toIntExact(raw.data().size())];
        raw.data().read(bytes);
        sum.update(bytes);
      }
    }
    return (double) sum.getValue();
  }

  /** The rows of all workers. */
  private double[][] rows(double... own) {
    Nodes exchange = nodes.orElseThrow();
    double[] row = new double[WIDTH];
    row[0] = stop.isRequested() ? 1 : 0;
    System.arraycopy(own, 0, row, 1, own.length);
    double[][] rows = new double[count()][WIDTH];
    try (TFloat64 fed = TFloat64.tensorOf(Shape.of(1, WIDTH), DataBuffers.of(row));
        Result result = session.runner().feed(exchange.row(), fed).fetch(exchange.rows()).run()) {
      TFloat64 all = (TFloat64) result.get(0);
      for (int worker = 0; worker < rows.length; worker++) {
        for (int i = 0; i < WIDTH; i++) {
          rows[worker][i] = all.getDouble(worker, i);
        }
        stopping |= rows[worker][0] > 0;
      }
    }
    lastExchange = System.nanoTime();
    return rows;
  }
}
