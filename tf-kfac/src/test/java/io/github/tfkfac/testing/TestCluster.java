package io.github.tfkfac.testing;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.ClusterSession.TimeLimits;
import io.github.tfkfac.CollectiveHint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Workers as threads of this process, each with a server of its own. A server cannot be closed, so
 * tests share a cluster per size; after a failure its exchanges are of no use, so the next test
 * gets another one.
 */
public final class TestCluster {

  /** For a busy machine; reached only where a test fails. */
  private static final TimeLimits PATIENT =
      new TimeLimits(Duration.ofSeconds(60), Duration.ofSeconds(60));

  private static final Map<Integer, TestCluster> SHARED = new HashMap<>();

  private final List<ClusterSession> workers = new ArrayList<>();

  private TestCluster(int count, TimeLimits limits) {
    List<String> addresses = freeAddresses(count);
    for (int i = 0; i < count; i++) {
      workers.add(ClusterSession.start(new Cluster(addresses, i), limits, CollectiveHint.AUTO));
    }
  }

  /** A cluster of its own, for a test that ends its exchanges. */
  public static TestCluster fresh(int count, TimeLimits limits) {
    return new TestCluster(count, limits);
  }

  /** What every worker of a shared cluster returns, in the order of the workers. */
  public static <R> List<R> onWorkers(int count, Function<ClusterSession, R> program) {
    synchronized (SHARED) {
      TestCluster cluster = SHARED.computeIfAbsent(count, size -> new TestCluster(size, PATIENT));
      boolean done = false;
      try {
        List<R> results = cluster.run(program);
        done = true;
        return results;
      } finally {
        if (!done) {
          SHARED.remove(count);
        }
      }
    }
  }

  /** Runs a program on all workers at once. */
  public <R> List<R> run(Function<ClusterSession, R> program) {
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      CompletionService<R> completed = new ExecutorCompletionService<>(threads);
      List<Future<R>> running = new ArrayList<>();
      workers.forEach(worker -> running.add(completed.submit(() -> program.apply(worker))));
      // In the order in which they end: where one fails, the others wait for it in vain.
      for (int i = 0; i < workers.size(); i++) {
        completed.take().get();
      }
      List<R> results = new ArrayList<>();
      for (Future<R> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError("a worker failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Addresses with ports that nobody listens on. */
  public static List<String> freeAddresses(int count) {
    try {
      return Cluster.localAddresses(count);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
