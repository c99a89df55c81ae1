package io.github.tfkfac.internal.worker;

import io.github.tfkfac.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Finds out which workers' servers answer. A process that hangs still takes connections, since the
 * system does so for it; so the question is the greeting of HTTP/2, which gRPC answers at once.
 *
 * @param cluster whose workers are asked
 * @param patience longest wait for an answer
 */
public record Reachability(Cluster cluster, Duration patience) {

  private static final byte[] GREETING =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** What is wrong with each of the other workers that do not answer, all of them asked at once. */
  public Map<Integer, String> silent() {
    Map<Integer, String> silent = new ConcurrentSkipListMap<>();
    Thread[] questions = new Thread[cluster.count()];
    for (int i = 0; i < questions.length; i++) {
      int worker = i;
      questions[i] =
          new Thread(() -> problem(worker).ifPresent(what -> silent.put(worker, what)), "question");
      if (worker != cluster.index()) {
        questions[i].setDaemon(true);
        questions[i].start();
      }
    }
    try {
      for (Thread question : questions) {
        question.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new TreeMap<>(silent);
  }

  private Optional<String> problem(int worker) {
    String address = cluster.addresses().get(worker);
    int colon = address.lastIndexOf(':');
    InetSocketAddress place =
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    if (place.isUnresolved()) {
      return Optional.of("unknown host");
    }
    int milliseconds = Math.toIntExact(patience.toMillis());
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(milliseconds);
      socket.connect(place, milliseconds);
      OutputStream out = socket.getOutputStream();
      out.write(GREETING);
      out.flush();
      InputStream in = socket.getInputStream();
      return in.read() < 0 ? Optional.of("no server of a worker") : Optional.empty();
    } catch (SocketTimeoutException e) {
      return Optional.of("no answer");
    } catch (IOException e) {
      return Optional.of(RemoteSession.oneLine(e));
    }
  }
}
