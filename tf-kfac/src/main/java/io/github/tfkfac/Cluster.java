package io.github.tfkfac;

import io.github.tfkfac.internal.worker.TaskConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * The workers' addresses, and which of them this process is.
 *
 * @param addresses {@code host:port} each, the same text in the same order on every worker
 * @param index place of this process, from 0; worker 0 is the chief, which writes for all
 */
public record Cluster(List<String> addresses, int index) {

  /** The environment variable by which Kubernetes, Google's and other services tell a process. */
  public static final String VARIABLE = "TF_CONFIG";

  /**
   * @throws ClusterException if there is no address, a malformed or a repeated one, or no worker of
   *     that index
   */
  public Cluster {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new ClusterException(
          "expected the addresses of workers, host:port each, found none; name at least one");
    }
    addresses.forEach(Cluster::requireAddress);
    if (new LinkedHashSet<>(addresses).size() < addresses.size()) {
      throw new ClusterException(
          "expected a different address for every worker, found %s; give each a port of its own"
              .formatted(String.join(",", addresses)));
    }
    if (index < 0 || index >= addresses.size()) {
      throw new ClusterException(
          "expected the index of this worker from 0 to %d for %s, found %d"
              .formatted(addresses.size() - 1, String.join(",", addresses), index));
    }
  }

  private static void requireAddress(String address) {
    int colon = address.lastIndexOf(':');
    String port = address.substring(colon + 1);
    boolean number = port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65535;
    if (colon < 1
        || !number
        || port.matches("0+")
        || address.chars().anyMatch(Cluster::isOutside)) {
      throw new ClusterException(
          "expected a worker's address as host:port with a port from 1 to 65535, found '%s'"
              .formatted(address));
    }
  }

  private static boolean isOutside(int character) {
    return Character.isWhitespace(character) || character == '/' || character == ',';
  }

  /** How many workers there are. */
  public int count() {
    return addresses.size();
  }

  /** Whether this process writes checkpoints and reports for all. */
  public boolean isChief() {
    return index == 0;
  }

  /** The port on which this worker listens. */
  public int port() {
    String address = addresses.get(index);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /** A worker as messages name it. */
  public String name(int worker) {
    return "worker %d of %d (%s)".formatted(worker, count(), addresses.get(worker));
  }

  /**
   * A cluster from a list of addresses.
   *
   * @param addresses {@code host:port} separated by commas
   * @param index place of this process
   */
  public static Cluster of(String addresses, int index) {
    return new Cluster(Arrays.stream(addresses.split(",", -1)).map(String::strip).toList(), index);
  }

  /**
   * The cluster that the environment variable {@value #VARIABLE} describes; empty without it.
   *
   * @throws ClusterException if it cannot be understood, or describes other tasks than workers
   */
  public static Optional<Cluster> fromEnvironment() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(text -> !text.isBlank())
        .map(Cluster::ofConfig);
  }

  /**
   * A cluster from the text of {@value #VARIABLE}.
   *
   * <pre>{@code
   * {"cluster": {"worker": ["host1:2222", "host2:2222"]}, "task": {"type": "worker", "index": 0}}
   * }</pre>
   *
   * <p>A task of type {@code chief} is worker 0, followed by those of type {@code worker}.
   *
   * @throws ClusterException if it cannot be understood, or describes other tasks than workers
   */
  public static Cluster ofConfig(String text) {
    return TaskConfig.cluster(text);
  }

  /**
   * Addresses for workers on this machine, with ports that nobody listens on now.
   *
   * @throws IOException if there are no more
   */
  public static List<String> localAddresses(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0);
        sockets.add(socket);
        addresses.add("127.0.0.1:" + socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return addresses;
  }
}
