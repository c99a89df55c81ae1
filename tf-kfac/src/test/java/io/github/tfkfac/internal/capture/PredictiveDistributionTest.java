package io.github.tfkfac.internal.capture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.testing.TestGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat64;

/** What is rejected; the gradients are tested with the passes that use them. */
class PredictiveDistributionTest {

  private final TestGraph<TFloat64> graph = TestGraph.float64();

  @AfterEach
  void close() {
    graph.close();
  }

  @Test
  void probabilitiesAreNotTakenForLogits() {
    Operand<TFloat64> z = graph.input(Shape.of(-1, 3));
    assertRejected(
        () -> PredictiveDistribution.categorical(graph.tf.nn.softmax(z)),
        "found the probabilities",
        "what goes into the softmax");
    assertRejected(
        () -> PredictiveDistribution.bernoulli(graph.tf.math.sigmoid(z)),
        "found the probabilities",
        "what goes into the sigmoid");
  }

  @Test
  void logitsNeedAKnownNumberOfClasses() {
    assertRejected(
        () -> PredictiveDistribution.categorical(graph.input(Shape.of(4))), "[N, ..., classes]");
    assertRejected(
        () -> PredictiveDistribution.categorical(graph.input(Shape.of(4, -1))),
        "known number of classes");
  }

  @Test
  void aPrecisionIsPositive() {
    Operand<TFloat64> z = graph.input(Shape.of(-1, 3));
    for (double precision : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRejected(
          () -> PredictiveDistribution.gaussian(z, precision, Averaging.EXAMPLES),
          "precision > 0, found " + precision);
    }
  }

  @Test
  void theExactFisherIsForFewOutputsOfKnownSize() {
    assertRejected(
        () ->
            PredictiveDistribution.categorical(graph.input(Shape.of(-1, 4, 65)))
                .hessianRootColumns(graph.tf),
        "at most 256",
        "found 260",
        "Fisher.sampled");
    assertRejected(
        () ->
            PredictiveDistribution.gaussian(graph.input(Shape.of(-1, -1, 5)))
                .hessianRootColumns(graph.tf),
        "known shape",
        "Fisher.sampled");
  }

  private static void assertRejected(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }
}
