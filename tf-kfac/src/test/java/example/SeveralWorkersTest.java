package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.testing.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/**
 * A user's program that several workers run together; here as two threads, otherwise as processes
 * that find their cluster in the environment: {@code Cluster.fromEnvironment()}.
 */
class SeveralWorkersTest {

  private static final int STEPS = 30;

  @Test
  void twoWorkersTrainOneModel() throws ExecutionException, InterruptedException {
    List<String> addresses = TestCluster.freeAddresses(2);
    ExecutorService processes = Executors.newFixedThreadPool(2);
    List<Future<List<Float>>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Cluster cluster = new Cluster(addresses, i);
      running.add(processes.submit(() -> program(cluster)));
    }
    for (Future<List<Float>> losses : running) {
      assertThat(losses.get()).hasSize(STEPS).allMatch(Float::isFinite);
      assertThat(losses.get().get(STEPS - 1)).isLessThan(0.8f * losses.get().get(0));
    }
    processes.shutdown();
  }

  private static List<Float> program(Cluster cluster) {
    ClusterSession worker = ClusterSession.start(cluster);
    try (Circle circle = new Circle()) {
      Kfac optimizer = new Kfac(circle.graph, KfacOptions.nkfac().withLearningRate(0.05));
      optimizer.acrossWorkers(worker.workers());
      Op train = optimizer.minimize(circle.loss);
      try (Session session = worker.open(circle.graph)) {
        worker.initialize(session);
        // Each worker takes batches of its own.
        return circle.train(session, train, cluster.index() * STEPS, STEPS);
      }
    }
  }
}
