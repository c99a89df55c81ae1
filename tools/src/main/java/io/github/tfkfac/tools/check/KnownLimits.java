package io.github.tfkfac.tools.check;

import static java.util.Map.entry;

import io.github.tfkfac.tools.check.GradientResult.Outcome;
import java.util.List;
import java.util.Map;

/**
 * Gradients that TensorFlow 2.18 is known not to have or to get wrong; all others must be right.
 */
final class KnownLimits {
  static final Map<String, Outcome> OUTCOMES =
      Map.ofEntries(
          entry("Conv2D (EXPLICIT padding), float64", Outcome.FAILS),
          entry("Conv2D (VALID, dilation 2), float64", Outcome.FAILS),
          entry("Conv2D (SAME, dilation 2), float64", Outcome.WRONG),
          entry("Conv2DBackpropFilter, float64", Outcome.NONE),
          entry("Conv3D, float64", Outcome.NONE),
          entry("SoftmaxCrossEntropyWithLogits, float64", Outcome.FAILS),
          entry("SparseSoftmaxCrossEntropyWithLogits, float64", Outcome.NONE),
          entry("TensorScatterUpdate, float64", Outcome.NONE),
          entry("TopKV2, float64", Outcome.NONE),
          entry("ExtractImagePatches, float64", Outcome.NONE),
          entry("Cholesky, float64", Outcome.NONE),
          entry("MatrixInverse, float64", Outcome.NONE),
          entry("MatrixSolve, float64", Outcome.NONE),
          entry("SelfAdjointEigV2, float64", Outcome.NONE),
          entry("StatelessIf, float64", Outcome.NONE),
          entry("CollectiveReduce, float64", Outcome.NONE));

  private KnownLimits() {}

  /** One line for each result that is not as known. */
  static List<String> surprises(List<GradientResult> results) {
    return results.stream()
        .filter(result -> result.outcome() != expected(result))
        .map(KnownLimits::surprise)
        .toList();
  }

  private static Outcome expected(GradientResult result) {
    return OUTCOMES.getOrDefault(key(result), Outcome.OK);
  }

  private static String surprise(GradientResult result) {
    return "expected the gradient of %s to be %s, found %s (relative error %s) %s"
        .formatted(
            key(result),
            expected(result),
            result.outcome(),
            result.relativeError(),
            result.detail())
        .strip();
  }

  private static String key(GradientResult result) {
    return result.name() + ", " + result.type();
  }
}
