package io.github.tfkfac.models.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.WorkerLostException;
import io.github.tfkfac.Workers;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.models.data.BatchPart;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TInt64;

/**
 * The workers that run a training loop together, as one of them sees them: its part of the batches,
 * its session, and what has to be equal before the first step.
 *
 * <p>Batches are those of one process; each worker takes its part of every one. Worker 0, the
 * chief, evaluates and writes for all, but for the optimizer's state where it is {@linkplain
 * #dividing divided}. {@link LoopExchange} has what they tell one another.
 */
public final class TrainingWorkers {

  private final Optional<ClusterSession> cluster;
  private final Workers exchanges;
  private final Optional<Path> parts;
  private final Map<String, String> expected = new TreeMap<>();
  private String folder = "";
  private Optional<Consumer<WorkerLostException>> whenLost = Optional.empty();

  private TrainingWorkers(
      Optional<ClusterSession> cluster, Workers exchanges, Optional<Path> parts) {
    this.cluster = cluster;
    this.exchanges = exchanges;
    this.parts = parts;
  }

  /** One process that trains alone. */
  public static TrainingWorkers alone() {
    return new TrainingWorkers(Optional.empty(), Workers.alone(), Optional.empty());
  }

  /** This process as one of a cluster. */
  public static TrainingWorkers of(ClusterSession cluster) {
    return cluster.cluster().count() == 1
        ? alone()
        : new TrainingWorkers(Optional.of(cluster), cluster.workers(), Optional.empty());
  }

  /**
   * A process alone that reads what the chief of several saved while they divided the state: its
   * network can be evaluated, not trained.
   *
   * @param count of the workers
   * @param run the run's folder
   */
  public static TrainingWorkers readingDivided(int count, Path run) {
    return new TrainingWorkers(
        Optional.empty(), new CollectiveWorkers(count, 0, CollectiveHint.AUTO), Optional.of(run));
  }

  /**
   * The same workers, among whom the optimizer's state is divided ({@link WorkerLayout#MEMORY}):
   * each saves and reads its own part.
   *
   * @param run the run's folder on this machine
   */
  public TrainingWorkers dividing(Path run) {
    return new TrainingWorkers(cluster, exchanges, Optional.of(run));
  }

  /** Whether the optimizer's state is divided. */
  public boolean isDivided() {
    return parts.isPresent();
  }

  /** Whether there is no other. */
  public boolean isAlone() {
    return cluster.isEmpty();
  }

  /** Whether this one evaluates and writes for all. */
  public boolean isChief() {
    return exchanges.index() == 0;
  }

  /** Whether this one saves and reads checkpoints. */
  public boolean savesState() {
    return isChief() || isDivided();
  }

  /** Where this one saves, if the chief does in the given folder. */
  public CheckpointFolder checkpoints(CheckpointFolder ofChief) {
    return isChief()
        ? ofChief
        : parts
            .map(run -> run.resolve("checkpoints-worker-" + exchanges.index()))
            .map(own -> new CheckpointFolder(own, ofChief.keep()))
            .orElse(ofChief);
  }

  /** The workers as an optimizer sees them. */
  public Workers exchanges() {
    return exchanges;
  }

  /** The optimizer as one of the workers, before its {@code minimize}. */
  public TrainingOptimizer join(TrainingOptimizer optimizer) {
    if (isDivided() && optimizer instanceof Kfac kfac) {
      kfac.acrossWorkers(exchanges, WorkerLayout.MEMORY);
    } else {
      optimizer.acrossWorkers(exchanges);
    }
    return optimizer;
  }

  /** This worker's part of every batch. */
  public BatchPart part() {
    return new BatchPart(exchanges.index(), exchanges.count());
  }

  /** The cluster, unless this process trains alone. */
  public Optional<ClusterSession> cluster() {
    return cluster;
  }

  /** A session in which the graph is trained, to be closed by the caller. */
  public Session open(Graph graph, SessionThreads threads) {
    return cluster.isPresent() ? cluster.get().open(graph, threads.config()) : threads.open(graph);
  }

  /**
   * A number of the chief, before the loop; all workers ask for it at the same place.
   *
   * @param own what the chief tells; ignored on the others
   */
  public long toldByChief(long own) {
    if (cluster.isEmpty()) {
      return own;
    }
    return together(() -> toldByChief(cluster.get(), own));
  }

  private long toldByChief(ClusterSession joined, long own) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TInt64> numbers = exchanges.gather(tf, tf.constant(new long[] {own}));
      RunOptions limit =
          RunOptions.newBuilder().setTimeoutInMs(joined.limits().start().toMillis()).build();
      try (Session session = joined.open(graph);
          Result told = session.runner().setOptions(limit).fetch(numbers).run()) {
        return ((TInt64) told.get(0)).getLong(0);
      }
    }
  }

  /**
   * Says what to do if another worker hangs and TensorFlow does not end the run that waits for it;
   * otherwise that run goes on. See {@link ClusterSession#watch}.
   */
  public void whenLost(Consumer<WorkerLostException> action) {
    whenLost = Optional.of(action);
  }

  /**
   * Does what needs the other workers; a failure that another one caused becomes a {@link
   * WorkerLostException}.
   */
  <R> R together(Supplier<R> work) {
    if (cluster.isEmpty()) {
      return work.get();
    }
    ClusterSession joined = cluster.get();
    Optional<ClusterSession.Watch> watch = whenLost.map(joined::watch);
    try {
      return work.get();
    } catch (RuntimeException failure) {
      throw joined.explain(failure);
    } finally {
      watch.ifPresent(ClusterSession.Watch::close);
    }
  }

  /**
   * Adds a text that must be the same on all workers before they begin.
   *
   * @param what it is, such as data
   */
  public void expectSame(String what, String text) {
    expected.put(what, text);
  }

  /** What must be the same on all workers. */
  Map<String, String> expected() {
    return expected;
  }

  /** The folder in which the chief keeps the run, once it is known; otherwise empty. */
  public String folder() {
    return folder;
  }

  /** Says where the run is kept; other workers hear of it when the loop starts. */
  public void keptIn(String place) {
    folder = place;
  }
}
