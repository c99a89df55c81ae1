package io.github.tfkfac.internal.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Fisher;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.internal.capture.PredictingModel.Body;
import io.github.tfkfac.internal.capture.PredictingModel.Head;
import io.github.tfkfac.internal.state.Gate;
import io.github.tfkfac.testing.FullMoments;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;

/**
 * Nothing of the extra backward passes is computed when they are not due, whatever TensorFlow's
 * graph optimizer makes of the graph.
 */
class SkippedFisherPassTest {

  private static final String EXACT = "exact";

  @ParameterizedTest
  @CsvSource({
    "CONVOLUTION, CATEGORICAL, sampled",
    "CONVOLUTION, CATEGORICAL, exact",
    "CONVOLUTION, GAUSSIAN, sampled",
    "CONVOLUTION, GAUSSIAN, exact",
    "DENSE, CATEGORICAL_MAP, exact",
    "DENSE, BERNOULLI, sampled"
  })
  void nothingIsComputedWhenNotDue(Body body, Head head, String fisher) {
    try (PredictingModel model = new PredictingModel(body, head)) {
      Set<String> before = new HashSet<>(names(model.graph, false));
      List<FisherTap<TFloat64>> taps =
          model.fisherTaps(fisher.equals(EXACT) ? Fisher.exact() : Fisher.sampled(5));
      Set<String> extra = new HashSet<>(names(model.graph, true));
      extra.removeAll(before);
      GraphVariable<TFloat64> average = average(model, taps.get(0));
      Op update = updateWhenDue(model, taps.get(0), average);
      model.graph.startOptimized();
      model.feedBatch(3, 1);

      model.feedDue(false);
      assertThat(computed(model, update, extra)).isEmpty();
      assertThat(model.graph.value("average")).containsOnly(0);

      model.feedDue(true);
      assertThat(computed(model, update, extra)).hasSizeGreaterThan(5);
      double[] found = model.graph.value("average");
      double[] expected =
          model.graph.fetch(FullMoments.of(model.graph.tf, taps.get(0)).gradientSum());
      assertThat(expected[0]).isPositive();
      assertThat(Tensors.relativeError(found, expected)).isLessThan(1e-12);
    }
  }

  private static GraphVariable<TFloat64> average(PredictingModel model, FisherTap<TFloat64> tap) {
    Shape shape = tap.site().outputStructure().shape();
    return model.graph.declare(
        TestGraph.Kind.RESOURCE, "average", shape, new double[Math.toIntExact(shape.size())]);
  }

  private static Op updateWhenDue(
      PredictingModel model, FisherTap<TFloat64> tap, GraphVariable<TFloat64> average) {
    FisherTap<TFloat64> passed = tap.passed(model.graph.tf, model.due);
    return Gate.when(
        model.graph.tf,
        model.due,
        gated -> {
          Operand<TFloat64> sum = FullMoments.of(gated, passed).gradientSum();
          return List.of(average.assign(gated, sum));
        });
  }

  /** The executed operations that compute numbers, apart from constants and switches. */
  private static Set<String> computed(PredictingModel model, Op update, Set<String> extra) {
    Set<String> executed = new HashSet<>(model.graph.executed(update));
    executed.retainAll(extra);
    return executed;
  }

  private static List<String> names(TestGraph<TFloat64> graph, boolean computing) {
    List<String> names = new ArrayList<>();
    graph
        .graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (!computing || computesNumbers(operation)) {
                names.add(operation.name());
              }
            });
    return names;
  }

  private static boolean computesNumbers(GraphOperation operation) {
    return operation.numOutputs() > 0
        && operation.output(0).dataType() == DataType.DT_DOUBLE
        && !operation.type().equals("Const")
        && !operation.type().equals("Switch");
  }
}
