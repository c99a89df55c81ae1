package io.github.tfkfac.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.testing.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Watches over sockets that answer as a server does, or as a process that hangs. */
class SilenceWatchTest {

  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final CompletableFuture<Map<Integer, String>> told = new CompletableFuture<>();

  /** Takes connections; answers those of the given numbers. */
  private record Server(ServerSocket socket, AtomicInteger questions) implements AutoCloseable {

    static Server answering(IntPredicate answered) throws IOException {
      Server server =
          new Server(new ServerSocket(0, 0, InetAddress.getLoopbackAddress()), new AtomicInteger());
      Thread thread = new Thread(() -> server.take(answered));
      thread.setDaemon(true);
      thread.start();
      return server;
    }

    private void take(IntPredicate answered) {
      try {
        while (true) {
          Socket taken = socket.accept();
          if (answered.test(questions.incrementAndGet())) {
            taken.getOutputStream().write(1);
            taken.close();
          }
        }
      } catch (IOException closed) {
        // the test has ended
      }
    }

    private SilenceWatch watch(Duration limit, Consumer<Map<Integer, String>> lost)
        throws IOException {
      String own = TestCluster.freeAddresses(1).get(0);
      Cluster cluster = Cluster.of(own + ",127.0.0.1:" + socket.getLocalPort(), 0);
      return new SilenceWatch(new Reachability(cluster, PATIENCE), PERIOD, limit, lost);
    }

    private void awaitQuestions(int count) throws InterruptedException {
      while (questions.get() < count) {
        Thread.sleep(5);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void aWorkerThatHangsIsToldOfOnce() throws Exception {
    try (Server hanging = Server.answering(number -> number < 3);
        SilenceWatch watch = hanging.watch(LIMIT, told::complete)) {
      assertThat(told.get(1, TimeUnit.MINUTES)).containsExactly(Map.entry(1, "no answer"));
      int asked = hanging.questions().get();
      Thread.sleep(5 * PATIENCE.toMillis());
      assertThat(hanging.questions()).hasValue(asked);
    }
  }

  @Test
  void aWorkerThatHasEndedIsToldOf() throws Exception {
    Server ended = Server.answering(number -> true);
    ended.close();
    try (SilenceWatch watch = ended.watch(LIMIT, told::complete)) {
      assertThat(told.get(1, TimeUnit.MINUTES)).containsOnlyKeys(1);
    }
  }

  @Test
  void aWorkerThatAnswersNowAndThenIsNotToldOf() throws Exception {
    // Silent for some 0.4 s again and again, together for longer than the limit.
    try (Server slow = Server.answering(number -> number % 3 == 0);
        SilenceWatch watch = slow.watch(LIMIT.multipliedBy(5), told::complete)) {
      slow.awaitQuestions(42);
      assertThat(told).isNotDone();
    }
  }

  @Test
  void aWatchThatIsClosedTellsNothing() throws Exception {
    try (Server hanging = Server.answering(number -> false)) {
      SilenceWatch watch = hanging.watch(LIMIT, told::complete);
      hanging.awaitQuestions(1);
      watch.close();
      assertThatThrownBy(() -> told.get(2 * LIMIT.toMillis(), TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
    }
  }

  @Test
  void closingWaitsForWhatIsTold() throws Exception {
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    try (Server hanging = Server.answering(number -> false)) {
      SilenceWatch watch =
          hanging.watch(
              LIMIT,
              lost -> {
                told.complete(lost);
                goOn.join();
              });
      told.get(1, TimeUnit.MINUTES);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(watch::close);
      assertThatThrownBy(() -> closing.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      goOn.complete(null);
      closing.get(1, TimeUnit.MINUTES);
    }
  }
}
