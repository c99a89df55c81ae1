package io.github.tfkfac;

import io.github.tfkfac.internal.graph.NativeLibrary;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.internal.worker.Reachability;
import io.github.tfkfac.internal.worker.RemoteSession;
import io.github.tfkfac.internal.worker.SilenceWatch;
import io.github.tfkfac.internal.worker.StartValues;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.ServerDef;

/**
 * This process as a worker of a cluster: TensorFlow's server, sessions on it, and limits of the
 * time that a run waits for other workers.
 *
 * <pre>{@code
 * ClusterSession worker = ClusterSession.start(cluster);
 * optimizer.acrossWorkers(worker.workers());
 * Op train = optimizer.minimize(loss);
 * try (Session session = worker.open(graph)) {
 *   worker.initialize(session);
 *   ...
 * }
 * }</pre>
 *
 * <p>Every worker runs the same program with its part of the batches. A server cannot be closed
 * before the process ends, so there is one {@code ClusterSession} per process. After a failed run
 * its exchanges are of no use: end all processes and start them again from a checkpoint.
 *
 * <p>The server listens on all network interfaces and asks for no password: whoever reaches its
 * port can run any graph, so keep it within a network of your own.
 *
 * <p>A cluster of one worker needs none of it: sessions are the usual ones.
 */
public final class ClusterSession {

  private static final String JOB = "worker";
  private static final String LEADER = "/job:worker/replica:0/task:0";

  /** Longest wait for the answer of a server that is not busy with it. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Duration NEWS = Duration.ofSeconds(10);

  /** Time in which TensorFlow ends most runs that are over their limit. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  private static final Duration WATCH_PERIOD = Duration.ofSeconds(5);

  /** How TensorFlow says that a run failed elsewhere. */
  private static final Pattern OF_OTHERS =
      Pattern.compile(
          "timed out|DEADLINE|[Cc]ollective|remote target|failed to connect|Socket closed|UNAVAILABLE|aborted");

  private final Cluster cluster;
  private final TimeLimits limits;
  private final Optional<CollectiveWorkers> others;

  /**
   * Limits of the time that a run may take, waiting for other workers included; a worker that hangs
   * or cannot be reached is noticed by nothing else.
   *
   * @param start of the first exchange, for which the other processes have to be started
   * @param step of every later run
   */
  public record TimeLimits(Duration start, Duration step) {

    /** 10 minutes to start, 5 for a step. */
    public static final TimeLimits DEFAULT =
        new TimeLimits(Duration.ofMinutes(10), Duration.ofMinutes(5));

    /**
     * @throws IllegalArgumentException unless both are positive
     */
    public TimeLimits {
      if (start.toMillis() <= 0 || step.toMillis() <= 0) {
        throw new IllegalArgumentException(
            "expected time limits of at least a millisecond, found %s to start and %s for a step"
                .formatted(start, step));
      }
    }
  }

  /** A watch over the other workers. */
  public interface Watch extends AutoCloseable {

    /** Ends it. */
    @Override
    void close();
  }

  private ClusterSession(Cluster cluster, TimeLimits limits, Optional<CollectiveWorkers> others) {
    this.cluster = cluster;
    this.limits = limits;
    this.others = others;
  }

  /** Starts this process's server with the usual limits. */
  public static ClusterSession start(Cluster cluster) {
    return start(cluster, TimeLimits.DEFAULT, CollectiveHint.AUTO);
  }

  /**
   * Starts this process's server, if there are other workers.
   *
   * @throws ClusterException if the port is in use, or the native library lacks what is hinted at
   */
  public static ClusterSession start(Cluster cluster, TimeLimits limits, CollectiveHint hint) {
    if (cluster.count() == 1) {
      return new ClusterSession(cluster, limits, Optional.empty());
    }
    if (hint == CollectiveHint.NCCL && !NativeLibrary.hasNccl()) {
      // TensorFlow would take another implementation without a word.
      throw new ClusterException(
          "expected TensorFlow's native library for GPUs, which has NCCL, found one without; use the collectives auto or ring, or the native linux-x86_64-gpu");
    }
    requireFreePort(cluster);
    JobDef.Builder job = JobDef.newBuilder().setName(JOB);
    for (int i = 0; i < cluster.count(); i++) {
      job.putTasks(i, cluster.addresses().get(i));
    }
    ServerDef definition =
        ServerDef.newBuilder()
            .setCluster(ClusterDef.newBuilder().addJob(job))
            .setJobName(JOB)
            .setTaskIndex(cluster.index())
            .setProtocol("grpc")
            .setDefaultSessionConfig(led(ConfigProto.getDefaultInstance()))
            .build();
    try {
      new Server(definition).start();
    } catch (RuntimeException e) {
      throw new ClusterException(
          "expected to start the server of %s, found: %s"
              .formatted(cluster.name(cluster.index()), RemoteSession.oneLine(e)),
          e);
    }
    return new ClusterSession(
        cluster,
        limits,
        Optional.of(new CollectiveWorkers(cluster.count(), cluster.index(), hint)));
  }

  private static void requireFreePort(Cluster cluster) {
    try {
      new ServerSocket(cluster.port()).close();
    } catch (IOException e) {
      throw new ClusterException(
          "expected port %d to be free for %s, found it in use (%s); end the process that uses it or choose another port"
              .formatted(cluster.port(), cluster.name(cluster.index()), RemoteSession.oneLine(e)),
          e);
    }
  }

  /** Only in the server's own configuration does the leader mean anything. */
  private static ConfigProto led(ConfigProto config) {
    return config.toBuilder()
        .setExperimental(config.getExperimental().toBuilder().setCollectiveGroupLeader(LEADER))
        .build();
  }

  /** The cluster. */
  public Cluster cluster() {
    return cluster;
  }

  /** The time limits. */
  public TimeLimits limits() {
    return limits;
  }

  /** The workers, for an optimizer and for exchanges of the user's own. */
  public Workers workers() {
    return others.<Workers>map(workers -> workers).orElseGet(Workers::alone);
  }

  /** Opens a session for a graph; its runs have the time limit of a step. */
  public Session open(Graph graph) {
    return open(graph, ConfigProto.getDefaultInstance());
  }

  /**
   * The same with settings.
   *
   * @param config settings; those that concern the cluster are replaced
   */
  public Session open(Graph graph, ConfigProto config) {
    if (others.isEmpty()) {
      return new Session(graph, config);
    }
    ConfigProto own =
        led(config).toBuilder()
            .clearDeviceFilters()
            // Without it a session waits for all others, also to run what is its own.
            .addDeviceFilters("/job:" + JOB + "/task:" + cluster.index())
            // Variables of a server are shared by name otherwise.
            .setIsolateSessionState(true)
            .setOperationTimeoutInMs(limits.step().toMillis())
            .build();
    return RemoteSession.open(graph, "grpc://" + cluster.addresses().get(cluster.index()), own);
  }

  /** Sets every variable to the initial value that it has on worker 0. */
  public void initialize(Session session) {
    session.initialize();
    agree(session, Map.of());
  }

  /**
   * Sets every variable to the value that it has on worker 0, after initial values or a checkpoint
   * were set there; waits for all workers, and compares what they are about to run.
   *
   * <p>Variables of strings and other types that cannot be sent stay as they are. Nothing may be
   * added to the training step after it.
   *
   * @param texts what else must be equal on all workers, by a name that all give, such as the
   *     settings of the run
   * @throws ClusterException if a worker has another text, other variables or other exchanges than
   *     worker 0
   */
  public void agree(Session session, Map<String, String> texts) {
    if (others.isPresent()) {
      new StartValues(cluster, others.get(), session, limits.start()).agree(new TreeMap<>(texts));
    }
  }

  /**
   * Waits until the servers of all workers answer.
   *
   * @param news told now and then whom it waits for
   * @throws ClusterException if one does not within the limit of the start
   */
  public void awaitOthers(Consumer<String> news) {
    Instant end = Instant.now().plus(limits.start());
    Duration told = Duration.ZERO;
    Instant start = Instant.now();
    Reachability question = new Reachability(cluster, ANSWER);
    Map<Integer, String> silent = question.silent();
    while (!silent.isEmpty()) {
      if (Instant.now().isAfter(end)) {
        throw new ClusterException(
            "expected all workers within %d s, found no answer of %s; compare the addresses on all workers, and start all of them"
                .formatted(limits.start().toSeconds(), named(silent)));
      }
      Duration waited = Duration.between(start, Instant.now());
      if (waited.compareTo(told.plus(NEWS)) > 0) {
        told = waited;
        news.accept("waiting for " + named(silent));
      }
      pause(PAUSE);
      silent = question.silent();
    }
  }

  /**
   * Watches the other workers until it is closed, since TensorFlow's time limits do not end every
   * run that waits for a process that hangs.
   *
   * @param lost told once, on a thread of its own, if the server of a worker has not answered for
   *     the limit of a step and 15 s. A run may wait for it without end and cannot be interrupted:
   *     end the process with {@link Runtime#halt}
   */
  public Watch watch(Consumer<WorkerLostException> lost) {
    if (others.isEmpty()) {
      return () -> {};
    }
    return new SilenceWatch(
            new Reachability(cluster, ANSWER),
            WATCH_PERIOD,
            limits.step().plus(GRACE),
            silent -> {
              pauseForOthers(WATCH_PERIOD.plus(ANSWER));
              lost.accept(new WorkerLostException(lost(silent), null));
            })
        ::close;
  }

  /**
   * What a failed run means: a {@link WorkerLostException} if it waited for another worker in vain,
   * otherwise the failure itself.
   */
  public RuntimeException explain(RuntimeException failure) {
    if (others.isEmpty() || !failure.getClass().getName().startsWith("org.tensorflow.")) {
      return failure;
    }
    Map<Integer, String> silent = new Reachability(cluster, ANSWER).silent();
    if (silent.isEmpty() && !OF_OTHERS.matcher(String.valueOf(failure.getMessage())).find()) {
      return failure;
    }
    pauseForOthers(PAUSE);
    return new WorkerLostException(
        silent.isEmpty()
            ? "lost the other workers of %s: their servers answer, but a step took longer than %d s or failed there"
                .formatted(cluster.name(cluster.index()), limits.step().toSeconds())
            : lost(silent),
        failure);
  }

  private String lost(Map<Integer, String> silent) {
    return "lost %s; it has ended, hangs or cannot be reached".formatted(named(silent));
  }

  private String named(Map<Integer, String> silent) {
    return silent.entrySet().stream()
        .map(each -> "%s: %s".formatted(cluster.name(each.getKey()), each.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** The others ask, too, and must not take this one for the lost one. */
  private void pauseForOthers(Duration duration) {
    if (cluster.count() > 2) {
      pause(duration);
    }
  }

  private static void pause(Duration duration) {
    try {
      Thread.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted while waiting for other workers", e);
    }
  }
}
