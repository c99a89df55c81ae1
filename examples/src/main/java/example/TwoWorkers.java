package example;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** Two workers train one model; here two threads, otherwise processes, wherever they run. */
public final class TwoWorkers {
  private TwoWorkers() {}

  public static void main(String[] arguments) throws Exception {
    train().forEach(losses -> System.out.println("losses " + losses));
  }

  static List<List<Float>> train() throws IOException, ExecutionException, InterruptedException {
    List<String> addresses = Cluster.localAddresses(2);
    ExecutorService processes = Executors.newFixedThreadPool(2);
    List<Future<List<Float>>> running = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Cluster cluster = new Cluster(addresses, i); // a process: Cluster.fromEnvironment()
      running.add(processes.submit(() -> worker(cluster)));
    }
    List<List<Float>> losses = List.of(running.get(0).get(), running.get(1).get());
    processes.shutdown();
    return losses;
  }

  private static List<Float> worker(Cluster cluster) {
    ClusterSession worker = ClusterSession.start(cluster);
    try (DigitsModel model = new DigitsModel()) {
      Kfac optimizer = new Kfac(model.graph, KfacOptions.nkfac().withLearningRate(0.05));
      optimizer.acrossWorkers(worker.workers());
      Op step = optimizer.minimize(model.loss);
      try (Session session = worker.open(model.graph)) {
        worker.initialize(session); // equal values everywhere
        return model.train(session, step, Digits.batches(40, 32, cluster.index()));
      }
    }
  }
}
