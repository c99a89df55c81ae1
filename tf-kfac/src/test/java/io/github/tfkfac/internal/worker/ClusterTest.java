package io.github.tfkfac.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Cluster;
import io.github.tfkfac.ClusterException;
import io.github.tfkfac.ClusterSession;
import io.github.tfkfac.Workers;
import io.github.tfkfac.testing.TestCluster;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

/** What describes a cluster is understood or rejected in one line. */
class ClusterTest {

  @Test
  void aListOfAddressesIsRead() {
    Cluster cluster = Cluster.of("a:1, b.example.org:65535,[::1]:7", 2);
    assertThat(cluster.addresses()).containsExactly("a:1", "b.example.org:65535", "[::1]:7");
    assertThat(cluster.count()).isEqualTo(3);
    assertThat(cluster.port()).isEqualTo(7);
    assertThat(cluster.isChief()).isFalse();
    assertThat(cluster.name(1)).isEqualTo("worker 1 of 3 (b.example.org:65535)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"cluster\":{\"worker\":[\"a:1\",\"b:2\"]},\"task\":{\"type\":\"worker\",\"index\":1}} | a:1,b:2 | 1",
        "{\"cluster\":{\"worker\":[\"b:2\",\"c:3\"],\"chief\":[\"a:1\"]},\"task\":{\"type\":\"worker\",\"index\":1},\"environment\":\"cloud\"} | a:1,b:2,c:3 | 2",
        "{\"cluster\":{\"chief\":[\"a:1\"],\"worker\":[\"b:2\"]},\"task\":{\"type\":\"chief\",\"index\":0}} | a:1,b:2 | 0",
        "{\"cluster\":{\"master\":[\"a:1\"],\"worker\":[\"b:2\"]},\"task\":{\"type\":\"master\",\"index\":\"0\"}} | a:1,b:2 | 0",
        "{ \"task\": {\"index\": 0.0e0, \"type\": \"w\\u006frker\"},\\t\"cluster\": {\"worker\": [ \"a:1\" ] , \"chief\": []}, \"x\": [true, false, null, -1.5e3, {}] } | a:1 | 0"
      })
  void aConfigurationOfTheEnvironmentIsRead(String text, String addresses, int index) {
    assertThat(Cluster.ofConfig(text.replace("\\t", "\t"))).isEqualTo(Cluster.of(addresses, index));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | expected an object 'cluster' in TF_CONFIG, found nothing",
        "[] | expected an object in TF_CONFIG, found []",
        "{\"cluster\":{\"worker\":\"a:1\"}} | expected a list of addresses for 'worker' in TF_CONFIG, found a:1",
        "{\"cluster\":{\"worker\":[1]}} | expected addresses as text for 'worker' in TF_CONFIG, found 1.0",
        "{\"cluster\":{\"worker\":[\"a:1\"]}} | expected an object 'task' in TF_CONFIG, found nothing",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"type\":\"worker\"}} | expected a whole number 'index' in 'task' in TF_CONFIG, found nothing",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"type\":\"worker\",\"index\":0.5}} | expected a whole number 'index' in 'task' in TF_CONFIG, found 0.5",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"index\":0}} | expected a text 'type' in 'task' in TF_CONFIG, found nothing",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"type\":\"worker\",\"index\":1}} | expected in TF_CONFIG a task of type 'worker' with an index below 1, found index 1",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"type\":\"chief\",\"index\":0}} | expected in TF_CONFIG a task of type 'chief' with an index below 0, found index 0",
        "{\"cluster\":{\"worker\":[\"a:1\"],\"ps\":[\"p:1\"]},\"task\":{\"type\":\"worker\",\"index\":0}} | expected only tasks of type worker and chief in TF_CONFIG, found 'ps'",
        "{\"cluster\":{\"worker\":[\"a:1\"]},\"task\":{\"type\":\"evaluator\",\"index\":0}} | expected only tasks of type worker and chief in TF_CONFIG, found 'evaluator'",
        "{\"cluster\":{\"chief\":[\"a:1\",\"b:1\"]},\"task\":{\"type\":\"chief\",\"index\":0}} | expected one chief in TF_CONFIG, found [a:1, b:1]",
        "{\"cluster\" | expected JSON in TF_CONFIG, with ':' at character 11, found the end",
        "{\"cluster\":{},} | expected JSON in TF_CONFIG, with a name in quotes at character 15, found '}'",
        "{\"a\":1,\"a\":2} | expected JSON in TF_CONFIG, with 'a' once at character 12, found '2}'",
        "{\"a\":01} | expected JSON in TF_CONFIG, with a value at character 6, found '01}'",
        "{\"a\":\"\\x\"} | expected JSON in TF_CONFIG, with an escape sequence at character 8, found 'x\"}'",
        "{} {} | expected JSON in TF_CONFIG, with the end at character 4, found '{}'",
        "a:1,b:2 | expected JSON in TF_CONFIG, with a value at character 1, found 'a:1,b:2'"
      })
  void aConfigurationThatIsWrongIsRejectedInOneLine(String text, String message) {
    assertThatThrownBy(() -> Cluster.ofConfig(text))
        .isInstanceOf(ClusterException.class)
        .hasMessageStartingWith(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "a:", ":1", "a:0", "a:65536", "a:x", "a:1,,b:2", "http://a:1", "a b:1"})
  void anAddressThatIsNoneIsRejected(String addresses) {
    assertThatThrownBy(() -> Cluster.of(addresses, 0))
        .isInstanceOf(ClusterException.class)
        .hasMessageStartingWith(
            "expected a worker's address as host:port with a port from 1 to 65535, found '");
  }

  @Test
  void aWorkerThatIsNotThereIsRejected() {
    for (int index : new int[] {-1, 2}) {
      assertThatThrownBy(() -> Cluster.of("a:1,b:2", index))
          .hasMessage("expected the index of this worker from 0 to 1 for a:1,b:2, found " + index);
    }
    assertThatThrownBy(() -> Cluster.of("a:1,a:1", 0))
        .hasMessageStartingWith("expected a different address for every worker, found a:1,a:1");
    assertThatThrownBy(() -> new Cluster(List.of(), 0))
        .hasMessageStartingWith("expected the addresses of workers, host:port each, found none");
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String other = TestCluster.freeAddresses(1).get(0);
      Cluster cluster = Cluster.of("127.0.0.1:" + taken.getLocalPort() + "," + other, 0);
      assertThatThrownBy(() -> ClusterSession.start(cluster))
          .isInstanceOf(ClusterException.class)
          .hasMessageStartingWith(
              "expected port %d to be free for worker 0 of 2 (127.0.0.1:%d), found it in use"
                  .formatted(taken.getLocalPort(), taken.getLocalPort()));
    }
  }

  @Test
  void oneWorkerNeedsNoServer() throws IOException {
    try (ServerSocket taken = new ServerSocket(0);
        Graph graph = new Graph()) {
      ClusterSession only =
          ClusterSession.start(Cluster.of("127.0.0.1:" + taken.getLocalPort(), 0));
      assertThat(only.workers()).isEqualTo(Workers.alone());
      try (Session session = only.open(graph)) {
        only.initialize(session);
        assertThat(graph.operations().hasNext()).isFalse();
      }
    }
  }
}
