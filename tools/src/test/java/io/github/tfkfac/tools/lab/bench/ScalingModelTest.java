package io.github.tfkfac.tools.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.CollectiveHint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.WorkerLayout;
import io.github.tfkfac.internal.graph.ElementSize;
import io.github.tfkfac.internal.worker.CollectiveWorkers;
import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork.Factor;
import io.github.tfkfac.tools.lab.bench.ScalingNetwork.Layer;
import java.util.Iterator;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.types.TFloat32;

class ScalingModelTest {

  private static final double EXACT = 1e-12;
  private static final double MEGA = 1e6;

  /** Layers of 2×3, 4×2 and 1×1, factors without halves. */
  private static final ScalingNetwork NETWORK =
      new ScalingNetwork(
          1000,
          200,
          20,
          List.of(
              new Layer(6, 60, factor(2), factor(3)),
              new Layer(8, 96, factor(4), factor(2)),
              new Layer(1, 4, factor(1), factor(1))));

  private static final ScalingSpeeds SPEEDS = new ScalingSpeeds(100, 0.01, 10, 20, 4, 0.5);

  private static Factor factor(long order) {
    return new Factor(order, order * order);
  }

  private static ScalingIteration at(ScalingScheme scheme, int workers) {
    return new ScalingModel(NETWORK, SPEEDS, scheme, 2, 4).at(workers);
  }

  @ParameterizedTest
  @EnumSource
  void oneWorkerExchangesNothing(ScalingScheme scheme) {
    ScalingIteration found = at(scheme, 1);
    assertThat(found.bytes().total()).isZero();
    // 2d³/4 + 0.5 s: 4.5, 14, 32.5, 4.5, 1 and 1 s, every fourth step.
    assertThat(found.seconds())
        .isEqualTo(
            new ScalingIteration.Seconds(100, 0, 200 / 20.0 / 2, 0, 57.5 / 4, 0, 160 / 10.0, 0));
  }

  @Test
  void everyFactorHasAnOwnerAndItsInverseIsSent() {
    ScalingIteration found = at(ScalingScheme.COMM_OPT, 2);
    // 20 gradients of 4 bytes, there and back, half of them from the other worker.
    assertThat(found.bytes().gradients()).isCloseTo(80, within(EXACT));
    // Factors of 4 + 9 + 16 + 4 + 1 + 1 numbers, every second step.
    assertThat(found.bytes().moments()).isCloseTo(35 * 4 / 2.0, within(EXACT));
    assertThat(found.bytes().results()).isCloseTo(35 * 4 / 2.0 / 4, within(EXACT));
    assertThat(found.bytes().directions()).isZero();
    ScalingIteration.Seconds seconds = found.seconds();
    // One pack, two rounds of one message of 0.01 s.
    assertThat(seconds.gradients()).isCloseTo(0.8 + 0.02, within(EXACT));
    // Three layers, two rounds, every second step.
    assertThat(seconds.moments()).isCloseTo(0.7 + 0.03, within(EXACT));
    // The factor of order 4 against all others: 32.5 s.
    assertThat(seconds.refresh()).isCloseTo(32.5 / 4, within(EXACT));
    // Six factors, one level of a tree, every fourth step.
    assertThat(seconds.results()).isCloseTo(0.175 + 0.015, within(EXACT));
    assertThat(seconds.preconditioning()).isCloseTo(16, within(EXACT));
    assertThat(seconds.total()).isCloseTo(100 + 0.82 + 5 + 0.73 + 8.125 + 0.19 + 16, within(EXACT));
  }

  @Test
  void everyLayerHasAKeeperThatSendsItsDirection() {
    ScalingIteration found = at(ScalingScheme.MEM_OPT, 2);
    // Received by the keeper only: half of what an all-reduce would take.
    assertThat(found.bytes().moments()).isCloseTo(35, within(EXACT));
    assertThat(found.bytes().results()).isZero();
    // 15 weights.
    assertThat(found.bytes().directions()).isCloseTo(15 * 4 / 2.0, within(EXACT));
    ScalingIteration.Seconds seconds = found.seconds();
    // The layer with 20 entries alone, the others with 13 and 2 together.
    assertThat(seconds.refresh()).isCloseTo((32.5 + 4.5) / 4, within(EXACT));
    assertThat(seconds.preconditioning()).isCloseTo(9.6, within(EXACT));
    // A pack for each worker, one level.
    assertThat(seconds.directions()).isCloseTo(0.3 + 0.02, within(EXACT));
  }

  @Test
  void layersTakenInTurnAreScatteredAndGathered() {
    ScalingIteration found = at(ScalingScheme.REDUCE_SCATTER, 2);
    assertThat(found.bytes().gradients()).isCloseTo(40, within(EXACT));
    // Triangles of 3 + 6 + 10 + 3 + 1 + 1 numbers.
    assertThat(found.bytes().moments()).isCloseTo(24 * 4 / 2.0 / 2, within(EXACT));
    assertThat(found.bytes().directions()).isCloseTo(30, within(EXACT));
    ScalingIteration.Seconds seconds = found.seconds();
    assertThat(seconds.gradients()).isCloseTo(0.4 + 0.03, within(EXACT));
    assertThat(seconds.moments()).isCloseTo(0.24 + 0.015, within(EXACT));
    // The second layer alone against the first and the third: 37 and 20.5 s.
    assertThat(seconds.refresh()).isCloseTo(37 / 4.0, within(EXACT));
    assertThat(seconds.directions()).isCloseTo(0.3 + 0.03, within(EXACT));
    // A ring of four: three messages one after the other.
    assertThat(at(ScalingScheme.REDUCE_SCATTER, 4).seconds().directions())
        .isCloseTo(60 * 0.75 / 100 + 3 * 3 * 0.01, within(EXACT));
  }

  @Test
  void speedsThatAreNoneAreRejected() {
    assertThatThrownBy(() -> new ScalingSpeeds(0, 0, 1, 1, 1, 0))
        .hasMessageContaining("expected a bandwidth and speeds > 0")
        .hasMessageContaining("bandwidth 0.0");
  }

  private static ClassifierSpec<TFloat32> imagenet(String name) {
    return new ClassifierSpec<>(
        Architectures.named(name),
        new ImageShape(224, 224, 3),
        1000,
        TFloat32.class,
        1,
        new SoftmaxCrossEntropy());
  }

  /** Many workers, so that (W − 1)/W is 1; the figures of Osawa's scheme are those of a table. */
  @Test
  @Tag("slow")
  void resNet50ExchangesWhatWasCalculatedByHand() {
    ScalingNetwork network =
        ScalingNetwork.of(
            Inspection.of(imagenet("resnet50-imagenet"), 32, "nkfac", KfacOptions.nkfac()));
    int many = 1 << 20;
    ScalingIteration.Bytes everyStep =
        new ScalingModel(network, SPEEDS, ScalingScheme.REDUCE_SCATTER, 1, 1).at(many).bytes();
    Percentage near = Percentage.withPercentage(0.5);
    assertThat(everyStep.gradients() / MEGA).isCloseTo(102.4, near);
    assertThat(everyStep.moments() / MEGA).isCloseTo(308, near);
    assertThat(everyStep.directions() / MEGA).isCloseTo(102.2, near);
    ScalingIteration.Bytes shared =
        new ScalingModel(network, SPEEDS, ScalingScheme.COMM_OPT, 20, 200).at(many).bytes();
    assertThat(shared.gradients() / MEGA).isCloseTo(204.9, near);
    assertThat(shared.results() / MEGA).isCloseTo(615 / 200.0, near);
    // With exact triangles, of which strips of rows have 1/32 more and small matrices twice as
    // much.
    assertTotal(network, ScalingScheme.COMM_OPT, 20, 200, 239);
    assertTotal(network, ScalingScheme.COMM_OPT, 1, 1, 1435);
    assertTotal(network, ScalingScheme.MEM_OPT, 20, 200, 322);
    assertTotal(network, ScalingScheme.MEM_OPT, 1, 1, 615);
  }

  private static void assertTotal(
      ScalingNetwork network,
      ScalingScheme scheme,
      long statistics,
      long refresh,
      double megabytes) {
    double found =
        new ScalingModel(network, SPEEDS, scheme, statistics, refresh).at(1 << 20).bytes().total();
    assertThat(found / MEGA).isCloseTo(megabytes, Percentage.withPercentage(5));
  }

  @ParameterizedTest
  @EnumSource
  void theLibraryBuildsTheExchangesThatAreCalculated(WorkerLayout layout) {
    ClassifierSpec<TFloat32> spec = imagenet("resnet18-imagenet");
    ScalingScheme scheme =
        layout == WorkerLayout.MEMORY ? ScalingScheme.MEM_OPT : ScalingScheme.COMM_OPT;
    ScalingNetwork network =
        ScalingNetwork.of(Inspection.of(spec, 4, "nkfac", KfacOptions.nkfac()));
    ScalingIteration.Bytes expected = new ScalingModel(network, SPEEDS, scheme, 1, 1).at(2).bytes();
    double reduced = 0;
    double sent = 0;
    try (Graph graph = new Graph()) {
      TrainingGraph.build(
          graph,
          spec,
          built -> {
            Kfac optimizer = new Kfac(built, KfacOptions.nkfac());
            optimizer.acrossWorkers(new CollectiveWorkers(2, 0, CollectiveHint.AUTO), layout);
            return optimizer;
          });
      Iterator<GraphOperation> operations = graph.operations();
      while (operations.hasNext()) {
        GraphOperation operation = operations.next();
        if (operation.type().equals("CollectiveReduce")) {
          reduced += bytes(operation);
        } else if (operation.type().startsWith("CollectiveBcast")) {
          sent += bytes(operation) / 2.0;
        }
      }
    }
    Percentage near = Percentage.withPercentage(1);
    boolean kept = layout == WorkerLayout.MEMORY;
    double toAll = expected.gradients() + (kept ? 0 : expected.moments());
    double toOne = expected.results() + expected.directions() + (kept ? expected.moments() : 0);
    assertThat(reduced).isCloseTo(toAll, near);
    assertThat(sent).isCloseTo(toOne, near);
  }

  private static long bytes(GraphOperation operation) {
    return operation.output(0).shape().size() * ElementSize.of(operation.output(0).type());
  }
}
