package io.github.tfkfac.models.train;

import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.Workers;
import io.github.tfkfac.models.data.BatchPart;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/**
 * The workers that run a training loop together, as one of them sees them: its part of the batches,
 * its session, and what has to be equal before the first step.
 *
 * <p>Batches are those of one process; each worker takes its part of every one. Worker 0, the
 * chief, evaluates and writes for all. {@link LoopExchange} has what they tell one another.
 */
public final class TrainingWorkers {

  private final Optional<ClusterSession> cluster;
  private final Map<String, String> expected = new TreeMap<>();
  private String folder = "";

  private TrainingWorkers(Optional<ClusterSession> cluster) {
    this.cluster = cluster;
  }

  /** One process that trains alone. */
  public static TrainingWorkers alone() {
    return new TrainingWorkers(Optional.empty());
  }

  /** This process as one of a cluster. */
  public static TrainingWorkers of(ClusterSession cluster) {
    return cluster.cluster().count() == 1 ? alone() : new TrainingWorkers(Optional.of(cluster));
  }

  /** Whether there is no other. */
  public boolean isAlone() {
    return cluster.isEmpty();
  }

  /** Whether this one evaluates and writes for all. */
  public boolean isChief() {
    return exchanges().index() == 0;
  }

  /** The workers as an optimizer sees them. */
  public Workers exchanges() {
    return cluster.map(ClusterSession::workers).orElseGet(Workers::alone);
  }

  /** This worker's part of every batch. */
  public BatchPart part() {
    return new BatchPart(exchanges().index(), exchanges().count());
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

  /** What a failure of the loop means, as {@link ClusterSession#explain} sees it. */
  RuntimeException explain(RuntimeException failure) {
    return cluster.isPresent() ? cluster.get().explain(failure) : failure;
  }
}
