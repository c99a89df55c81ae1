package io.github.tfkfac.tools.check;

import static java.util.Map.entry;

import io.github.tfkfac.tools.check.GradientResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gradients that TensorFlow 2.18 is known not to have or to get wrong; all others must be right.
 */
final class KnownLimits {
  static final Map<String, Outcome> OUTCOMES =
      Map.ofEntries(
          entry("AccumulateNV2, float64", Outcome.NONE),
          entry("BesselI0, float64", Outcome.NONE),
          entry("BesselI0e, float64", Outcome.NONE),
          entry("BesselI1, float64", Outcome.NONE),
          entry("BesselI1e, float64", Outcome.NONE),
          entry("CTCLoss, float32", Outcome.NONE),
          entry("CheckNumericsV2, float64", Outcome.NONE),
          entry("Cholesky (stack), float64", Outcome.NONE),
          entry("Cholesky, float64", Outcome.NONE),
          entry("CollectiveReduce, float64", Outcome.NONE),
          entry("ComplexAbs (of Complex), float32", Outcome.NONE),
          entry("ComplexAbs (of Complex), float64", Outcome.NONE),
          entry("Conv2DBackpropFilter, float64", Outcome.NONE),
          entry("Conv3D (SAME, stride 2), float64", Outcome.NONE),
          entry("Conv3D, float64", Outcome.NONE),
          entry("Conv3DBackpropInputV2, float64", Outcome.NONE),
          entry("Cross, float64", Outcome.NONE),
          entry("Cumprod (at zeros, false, false), float64", Outcome.NONE),
          entry("Cumprod (at zeros, false, true), float64", Outcome.NONE),
          entry("Cumprod (at zeros, true, false), float64", Outcome.NONE),
          entry("Cumprod (at zeros, true, true), float64", Outcome.NONE),
          entry("Cumprod (false, false), float64", Outcome.NONE),
          entry("Cumprod (false, true), float64", Outcome.NONE),
          entry("Cumprod (true, false), float64", Outcome.NONE),
          entry("Cumprod (true, true), float64", Outcome.NONE),
          entry("Cumprod (zeros, false, false), float64", Outcome.NONE),
          entry("Cumprod (zeros, false, true), float64", Outcome.NONE),
          entry("Cumprod (zeros, true, false), float64", Outcome.NONE),
          entry("Cumprod (zeros, true, true), float64", Outcome.NONE),
          entry("CumulativeLogsumexp (false, false), float64", Outcome.NONE),
          entry("CumulativeLogsumexp (false, true), float64", Outcome.NONE),
          entry("Dawsn, float64", Outcome.NONE),
          entry("DebugIdentityV2, float64", Outcome.NONE),
          entry("Digamma, float64", Outcome.NONE),
          entry("Dilation2D, float64", Outcome.NONE),
          entry("EnsureShape, float64", Outcome.NONE),
          entry("Erfc, float64", Outcome.NONE),
          entry("Expint, float64", Outcome.NONE),
          entry("ExtractImagePatches (SAME, rates 2 and 1), float64", Outcome.NONE),
          entry("ExtractImagePatches, float64", Outcome.NONE),
          entry("FloorMod (negative divisor), float64", Outcome.NONE),
          entry("FloorMod, float64", Outcome.NONE),
          entry("FusedBatchNorm (inference), float32", Outcome.NONE),
          entry("FusedBatchNormV2 (training), float32", Outcome.NONE),
          entry("IdentityN, float64", Outcome.NONE),
          entry("LogMatrixDeterminant, float64", Outcome.NONE),
          entry("MatrixDeterminant, float64", Outcome.NONE),
          entry("MatrixDiagPart, float64", Outcome.NONE),
          entry("MatrixDiagPartV2, float64", Outcome.NONE),
          entry("MatrixDiagPartV3, float64", Outcome.NONE),
          entry("MatrixDiagV2, float64", Outcome.NONE),
          entry("MatrixDiagV3, float64", Outcome.NONE),
          entry("MatrixInverse (adjoint false), float64", Outcome.NONE),
          entry("MatrixInverse (adjoint true), float64", Outcome.NONE),
          entry("MatrixInverse, float64", Outcome.NONE),
          entry("MatrixSetDiag, float64", Outcome.NONE),
          entry("MatrixSetDiagV2, float64", Outcome.NONE),
          entry("MatrixSetDiagV3, float64", Outcome.NONE),
          entry("MatrixSolve (adjoint false), float64", Outcome.NONE),
          entry("MatrixSolve (adjoint true), float64", Outcome.NONE),
          entry("MatrixSolve, float64", Outcome.NONE),
          entry(
              "MatrixTriangularSolve (broadcast, adjoint false, lower false), float64",
              Outcome.NONE),
          entry(
              "MatrixTriangularSolve (broadcast, adjoint false, lower true), float64",
              Outcome.NONE),
          entry(
              "MatrixTriangularSolve (broadcast, adjoint true, lower false), float64",
              Outcome.NONE),
          entry(
              "MatrixTriangularSolve (broadcast, adjoint true, lower true), float64", Outcome.NONE),
          entry("MaxPoolWithArgmax, float64", Outcome.NONE),
          entry("MulNoNan, float64", Outcome.NONE),
          entry("RFFT, float32", Outcome.NONE),
          entry("RGBToHSV, float64", Outcome.NONE),
          entry("SelfAdjointEigV2, float64", Outcome.NONE),
          entry("Snapshot, float64", Outcome.NONE),
          entry("SparseSoftmaxCrossEntropyWithLogits, float64", Outcome.NONE),
          entry("Spence, float64", Outcome.NONE),
          entry("StatelessIf, float64", Outcome.NONE),
          entry("StatelessRandomUniformV2, float64", Outcome.NONE),
          entry("Switch, float64", Outcome.NONE),
          entry("TensorScatterAdd (rows), float64", Outcome.NONE),
          entry("TensorScatterSub (rows), float64", Outcome.NONE),
          entry("TensorScatterUpdate (rows), float64", Outcome.NONE),
          entry("TensorScatterUpdate, float64", Outcome.NONE),
          entry("TopKV2 (rank 1), float64", Outcome.NONE),
          entry("TopKV2 (rank 3), float64", Outcome.NONE),
          entry("TopKV2, float64", Outcome.NONE),
          entry("TruncateMod, float64", Outcome.NONE),
          entry("Xdivy, float64", Outcome.NONE),
          entry("Xlog1py, float64", Outcome.NONE),
          entry("Xlogy, float64", Outcome.NONE),
          entry("Angle (of Complex), float64", Outcome.FAILS),
          entry("Conv2D (EXPLICIT padding), float64", Outcome.FAILS),
          entry("Conv2D (EXPLICIT, dilation 2), float64", Outcome.FAILS),
          entry("Conv2D (EXPLICIT, stride 2), float64", Outcome.FAILS),
          entry("Conv2D (grouped, EXPLICIT), float64", Outcome.FAILS),
          entry("Conv2D (VALID, dilation 2), float64", Outcome.FAILS),
          entry("Conv2D (grouped), float64", Outcome.FAILS),
          entry("Conv2D (grouped, dilation 2), float64", Outcome.FAILS),
          entry("GatherV2 (axis -1), float64", Outcome.FAILS),
          entry("GatherV2 (axis -1, batch -1), float64", Outcome.FAILS),
          entry("GatherV2 (axis -1, int64), float64", Outcome.FAILS),
          entry("GatherV2 (axis -2), float64", Outcome.FAILS),
          entry("Imag (of Complex), float64", Outcome.FAILS),
          entry("LogSoftmax (rank 1), float64", Outcome.FAILS),
          entry("MaxPool (EXPLICIT), float64", Outcome.FAILS),
          entry("Prod (int64 axis, keep_dims), float64", Outcome.FAILS),
          entry("Real (of Complex), float64", Outcome.FAILS),
          entry("SoftmaxCrossEntropyWithLogits (labels), float64", Outcome.FAILS),
          entry("SoftmaxCrossEntropyWithLogits, float64", Outcome.FAILS),
          entry("StridedSlice (int64), float64", Outcome.FAILS),
          entry("Sum (int64 axis), float64", Outcome.FAILS),
          entry("Atan2 (broadcast), float64", Outcome.WRONG),
          entry("Conv2D (SAME, dilation 2), float64", Outcome.WRONG),
          entry("Conv2D (SAME, dilations 2 and 3), float64", Outcome.WRONG),
          entry("Conv2D (SAME, stride 2, dilation 2), float64", Outcome.WRONG),
          entry("LRN (AlexNet), float32", Outcome.WRONG),
          entry("LogSoftmax (rank 3), float64", Outcome.WRONG),
          entry("LogSoftmax (rank 4), float64", Outcome.WRONG));

  /** Gradients that training rejects; it has all others. */
  static final Map<String, Outcome> IN_TRAINING =
      Map.ofEntries(
          entry("CollectiveReduce, float64", Outcome.REJECTED),
          entry("RFFT, float32", Outcome.REJECTED),
          entry("RGBToHSV, float64", Outcome.REJECTED),
          entry("SelfAdjointEigV2, float64", Outcome.REJECTED),
          entry("StatelessIf, float64", Outcome.REJECTED),
          entry("Switch, float64", Outcome.REJECTED));

  private KnownLimits() {}

  /** One line for each result that is not as known. */
  static List<String> surprises(List<GradientResult> results) {
    return surprises(results, OUTCOMES);
  }

  /** The same for the gradients that training uses. */
  static List<String> surprisesInTraining(List<GradientResult> results) {
    return surprises(results, IN_TRAINING);
  }

  private static List<String> surprises(List<GradientResult> results, Map<String, Outcome> known) {
    List<String> lines = new ArrayList<>();
    for (GradientResult result : results) {
      Outcome expected = known.getOrDefault(key(result), Outcome.OK);
      if (result.outcome() != expected) {
        lines.add(surprise(result, expected));
      }
    }
    return lines;
  }

  private static String surprise(GradientResult result, Outcome expected) {
    return "expected the gradient of %s to be %s, found %s (relative error %s) %s"
        .formatted(key(result), expected, result.outcome(), result.relativeError(), result.detail())
        .strip();
  }

  private static String key(GradientResult result) {
    return result.name() + ", " + result.type();
  }
}
