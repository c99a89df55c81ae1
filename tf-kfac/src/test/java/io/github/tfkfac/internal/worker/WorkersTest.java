package io.github.tfkfac.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.ClusterException;
import io.github.tfkfac.ClusterSession.TimeLimits;
import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Workers;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestCluster;
import io.github.tfkfac.testing.TestGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;

/** Exchanges between workers against sums in plain Java. */
class WorkersTest {

  private static final double ROUNDING = 1e-13;

  /** Makes the values of one worker. */
  private interface Exchange {
    List<Operand<?>> build(Ops tf, Workers workers);
  }

  private static List<List<double[]>> results(int count, Exchange exchange) {
    return TestCluster.onWorkers(
        count,
        worker -> {
          try (Graph graph = new Graph()) {
            List<Operand<?>> values = exchange.build(Ops.create(graph), worker.workers());
            try (Session session = worker.open(graph)) {
              Session.Runner runner = session.runner();
              values.forEach(runner::fetch);
              try (Result result = runner.run()) {
                List<double[]> found = new ArrayList<>();
                result.forEach(value -> found.add(Tensors.values(value.getValue())));
                return found;
              }
            }
          }
        });
  }

  private static Operand<TFloat64> own(Ops tf, Workers workers, long seed, Shape shape) {
    return tf.reshape(
        tf.constant(TestGraph.random(seed + workers.index(), shape.size())), tf.constant(shape));
  }

  private static double[] sum(int count, long seed, long size, double factor) {
    double[] sum = new double[(int) size];
    for (int worker = 0; worker < count; worker++) {
      double[] values = TestGraph.random(seed + worker, size);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[i] * factor;
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void sumsAndMeansAreThoseOfAllWorkersBitForBit(int count) {
    // More values than one bucket holds, among them a scalar and one with fewer entries than
    // workers.
    List<Shape> shapes =
        List.of(
            Shape.scalar(),
            Shape.of(2),
            Shape.of(3, 5),
            Shape.of(1_200_000),
            Shape.of(7),
            Shape.of(4, 1, 2));
    List<List<double[]>> found =
        results(
            count,
            (tf, workers) -> {
              List<Operand<TFloat64>> values = new ArrayList<>();
              for (int i = 0; i < shapes.size(); i++) {
                values.add(own(tf, workers, 100L * i, shapes.get(i)));
              }
              List<Operand<?>> all = new ArrayList<>();
              values.forEach(value -> all.add(workers.sum(tf, value)));
              all.addAll(workers.means(tf, values));
              all.addAll(workers.sums(tf, values.subList(0, 3)));
              all.add(workers.sum(tf, tf.constant(workers.index() + (1L << 50))));
              return all;
            });
    for (List<double[]> ofWorker : found) {
      for (int i = 0; i < shapes.size(); i++) {
        long size = shapes.get(i).size();
        assertNear(ofWorker.get(i), sum(count, 100L * i, size, 1));
        assertNear(ofWorker.get(shapes.size() + i), sum(count, 100L * i, size, 1.0 / count));
        if (i < 3) {
          assertNear(ofWorker.get(2 * shapes.size() + i), sum(count, 100L * i, size, 1));
        }
      }
      for (int i = 0; i < ofWorker.size(); i++) {
        assertThat(Arrays.equals(ofWorker.get(i), found.get(0).get(i))).isTrue();
      }
      assertThat(ofWorker.get(ofWorker.size() - 1)[0])
          .isEqualTo((double) (count * (1L << 50) + count * (count - 1) / 2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void aSumForOneWorkerIsMadeThere(int count) {
    List<List<double[]>> found =
        results(
            count,
            (tf, workers) -> {
              List<Operand<?>> all = new ArrayList<>();
              for (int owner = 0; owner < count; owner++) {
                Operand<TFloat64> value = own(tf, workers, 100L * owner, Shape.of(3, 5));
                all.add(workers.sumAt(tf, owner, value));
                all.add(workers.sum(tf, value));
              }
              return all;
            });
    for (int owner = 0; owner < count; owner++) {
      double[] expected = sum(count, 100L * owner, 15, 1);
      assertNear(found.get(owner).get(2 * owner), expected);
      for (List<double[]> ofWorker : found) {
        assertNear(ofWorker.get(2 * owner + 1), expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void everyWorkerButTheOwnerSendsOnceForASum(int count) {
    for (int index = 0; index < count; index++) {
      try (Graph graph = new Graph()) {
        Ops tf = Ops.create(graph);
        Workers workers = new CollectiveWorkers(count, index, CollectiveHint.AUTO);
        workers.sumAt(tf, 0, tf.zeros(tf.array(3), TFloat64.class));
        Map<String, Long> kinds = new HashMap<>();
        graph
            .operations()
            .forEachRemaining(
                operation -> {
                  if (operation.type().startsWith("Collective")) {
                    kinds.merge(operation.type(), 1L, Long::sum);
                  }
                });
        // All workers have all exchanges in their graphs, of which one sends to another.
        assertThat(kinds.values().stream().mapToLong(n -> n).sum()).isEqualTo(count - 1);
        assertThat(kinds.getOrDefault("CollectiveBcastSend", 0L)).isEqualTo(index == 0 ? 0 : 1);
      }
    }
  }

  private static void assertNear(double[] found, double[] expected) {
    assertThat(found.length).isEqualTo(expected.length);
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      largest = Math.max(largest, Math.abs(found[i] - expected[i]));
    }
    assertThat(largest).isLessThan(ROUNDING);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void valuesAreGatheredInTheOrderOfTheWorkersAndSentByAnyOfThem(int count) {
    List<List<double[]>> found =
        results(
            count,
            (tf, workers) -> {
              List<Operand<?>> all = new ArrayList<>();
              Operand<TFloat64> value = own(tf, workers, 5, Shape.of(2, 3));
              all.add(workers.gather(tf, value));
              // The number of rows is known when the graph runs.
              Operand<TInt64> rows =
                  tf.reshape(tf.where(tf.constant(new boolean[] {true, true})), tf.array(-1));
              all.add(workers.gather(tf, tf.gather(value, rows, tf.constant(0))));
              for (int owner = 0; owner < count; owner++) {
                all.add(
                    workers.broadcast(
                        tf,
                        owner,
                        owner == workers.index() ? Optional.of(value) : Optional.empty(),
                        Shape.of(2, 3),
                        TFloat64.class));
              }
              return all;
            });
    double[] joined = new double[0];
    for (int worker = 0; worker < count; worker++) {
      double[] own = TestGraph.random(5 + worker, 6);
      joined = DoubleStream.concat(Arrays.stream(joined), Arrays.stream(own)).toArray();
      for (List<double[]> ofWorker : found) {
        assertThat(ofWorker.get(2 + worker)).isEqualTo(own);
      }
    }
    for (List<double[]> ofWorker : found) {
      assertThat(ofWorker.get(0)).isEqualTo(joined);
      assertThat(ofWorker.get(1)).isEqualTo(joined);
    }
  }

  @Test
  void aWorkerAloneAddsNoOperation() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> value = tf.constant(1.0);
      Workers alone = Workers.alone();
      assertThat(alone.isAlone()).isTrue();
      assertThat(alone.sum(tf, value)).isSameAs(value);
      assertThat(alone.sumAt(tf, 0, value)).isSameAs(value);
      assertThat(alone.mean(tf, value)).isSameAs(value);
      assertThat(alone.means(tf, List.of(value))).containsExactly(value);
      assertThat(alone.sums(tf, List.of(value))).containsExactly(value);
      assertThat(alone.gather(tf, value)).isSameAs(value);
      assertThat(alone.broadcast(tf, 0, Optional.of(value), Shape.scalar(), TFloat64.class))
          .isSameAs(value);
      Iterator<GraphOperation> operations = graph.operations();
      operations.next();
      assertThat(operations.hasNext()).isFalse();
    }
  }

  @Test
  void everyVariableGetsTheValueOfWorkerZero() {
    List<List<Double>> found =
        TestCluster.onWorkers(
            2,
            worker -> {
              double own = worker.cluster().index() + 1;
              try (TestGraph<TFloat64> graph = TestGraph.float64()) {
                graph.variable("a", Shape.of(2), own, 10 * own);
                graph.declare(TestGraph.Kind.RESOURCE, "b", Shape.scalar(), 100 * own);
                graph.start(config -> worker.open(graph.graph, config));
                List<Double> before = List.of(graph.value("a")[1], graph.value("b")[0]);
                assertThat(before).containsExactly(10 * own, 100 * own);
                worker.initialize(graph.session());
                return List.of(graph.value("a")[1], graph.value("b")[0]);
              }
            });
    assertThat(found).containsExactly(List.of(10.0, 100.0), List.of(10.0, 100.0));
  }

  @Test
  void whatDiffersBetweenWorkersIsNamedBeforeTheFirstStep() {
    assertDifference("variables", "", (tf, workers) -> List.of(), true);
    assertDifference("settings", "--rate 1", (tf, workers) -> List.of(), false);
    assertDifference(
        "exchanges",
        "",
        (tf, workers) ->
            List.of(workers.sum(tf, tf.zeros(tf.array(2 + workers.index()), TFloat64.class))),
        false);
    assertDifference(
        "exchanges",
        "",
        (tf, workers) ->
            workers.index() == 0 ? List.of() : List.of(workers.sum(tf, tf.constant(1.0))),
        false);
  }

  private static void assertDifference(
      String what, String settings, Exchange exchange, boolean otherVariable) {
    TestCluster cluster =
        TestCluster.fresh(2, new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(30)));
    List<String> messages =
        cluster.run(
            worker -> {
              boolean first = worker.cluster().isChief();
              try (TestGraph<TFloat64> graph = TestGraph.float64()) {
                graph.variable("a", 1, first || !otherVariable ? Shape.of(2) : Shape.of(3));
                exchange.build(graph.tf, worker.workers());
                graph.start(config -> worker.open(graph.graph, config));
                try {
                  worker.agree(graph.session(), Map.of("settings", first ? "" : settings));
                  return "agreed";
                } catch (ClusterException e) {
                  return String.valueOf(e.getMessage());
                }
              }
            });
    assertThat(messages)
        .allMatch(
            message ->
                message.startsWith("expected the same " + what + " on all workers, found others")
                    && message.contains("on worker 1 of 2 (127.0.0.1:"));
  }

  @Test
  void aWorkerThatDoesNotAnswerEndsTheRunWithinItsLimit() {
    TestCluster cluster =
        TestCluster.fresh(2, new TimeLimits(Duration.ofSeconds(30), Duration.ofSeconds(2)));
    cluster.run(
        worker -> {
          try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Operand<TFloat64> sum = worker.workers().sum(tf, tf.constant(1.0));
            Operand<TFloat64> local = tf.math.add(tf.constant(1.0), tf.constant(2.0));
            try (Session session = worker.open(graph)) {
              if (worker.cluster().isChief()) {
                assertThatThrownBy(() -> session.runner().fetch(sum).run())
                    .hasMessageContaining("timed out");
              }
              // What needs no other worker still runs.
              try (Result result = session.runner().fetch(local).run()) {
                assertThat(Tensors.values(result.get(0))).containsExactly(3);
              }
            }
          }
          return true;
        });
  }
}
