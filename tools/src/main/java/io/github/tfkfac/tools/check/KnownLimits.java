package io.github.tfkfac.tools.check;

import io.github.tfkfac.tools.check.GradientResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Gradients that TensorFlow 2.18 is known not to have or to get wrong; all others must be right.
 */
final class KnownLimits {
  static final Map<String, Outcome> OUTCOMES =
      known(
          Map.of(
              Outcome.NONE,
              """
              AccumulateNV2; BesselI0; BesselI0e; BesselI1; BesselI1e; CTCLoss, float32;
              CheckNumericsV2; Cholesky (stack); Cholesky; CollectiveReduce;
              ComplexAbs (of Complex), float32; ComplexAbs (of Complex); Conv2DBackpropFilter;
              Conv3D (SAME, stride 2); Conv3D; Conv3DBackpropInputV2; Cross;
              Cumprod (at zeros, false, false); Cumprod (at zeros, false, true);
              Cumprod (at zeros, true, false); Cumprod (at zeros, true, true);
              Cumprod (false, false); Cumprod (false, true); Cumprod (true, false);
              Cumprod (true, true); Cumprod (zeros, false, false); Cumprod (zeros, false, true);
              Cumprod (zeros, true, false); Cumprod (zeros, true, true);
              CumulativeLogsumexp (false, false); CumulativeLogsumexp (false, true); Dawsn;
              DebugIdentityV2; Digamma; Dilation2D; EnsureShape; Erfc; Expint;
              ExtractImagePatches (SAME, rates 2 and 1); ExtractImagePatches;
              FloorMod (negative divisor); FloorMod; FusedBatchNorm (inference), float32;
              FusedBatchNormV2 (training), float32; IdentityN; LogMatrixDeterminant;
              MatrixDeterminant; MatrixDiagPart; MatrixDiagPartV2; MatrixDiagPartV3;
              MatrixDiagV2; MatrixDiagV3; MatrixInverse (adjoint false);
              MatrixInverse (adjoint true); MatrixInverse; MatrixSetDiag; MatrixSetDiagV2;
              MatrixSetDiagV3; MatrixSolve (adjoint false); MatrixSolve (adjoint true);
              MatrixSolve; MatrixTriangularSolve (broadcast, adjoint false, lower false);
              MatrixTriangularSolve (broadcast, adjoint false, lower true);
              MatrixTriangularSolve (broadcast, adjoint true, lower false);
              MatrixTriangularSolve (broadcast, adjoint true, lower true); MaxPoolWithArgmax;
              MulNoNan; RFFT, float32; RGBToHSV; SelfAdjointEigV2; Snapshot;
              SparseSoftmaxCrossEntropyWithLogits; Spence; StatelessIf;
              StatelessRandomUniformV2; Switch; TensorScatterAdd (rows);
              TensorScatterSub (rows); TensorScatterUpdate (rows); TensorScatterUpdate;
              TopKV2 (rank 1); TopKV2 (rank 3); TopKV2; TruncateMod; Xdivy; Xlog1py; Xlogy
              """,
              Outcome.FAILS,
              """
              Angle (of Complex); Conv2D (EXPLICIT padding); Conv2D (EXPLICIT, dilation 2);
              Conv2D (EXPLICIT, stride 2); Conv2D (grouped, EXPLICIT);
              Conv2D (VALID, dilation 2); Conv2D (grouped); Conv2D (grouped, dilation 2);
              GatherV2 (axis -1); GatherV2 (axis -1, batch -1); GatherV2 (axis -1, int64);
              GatherV2 (axis -2); Imag (of Complex); LogSoftmax (rank 1); MaxPool (EXPLICIT);
              Prod (int64 axis, keep_dims); Real (of Complex);
              SoftmaxCrossEntropyWithLogits (labels); SoftmaxCrossEntropyWithLogits;
              StridedSlice (int64); Sum (int64 axis)
              """,
              Outcome.WRONG,
              """
              Atan2 (broadcast); Conv2D (SAME, dilation 2); Conv2D (SAME, dilations 2 and 3);
              Conv2D (SAME, stride 2, dilation 2); LRN (AlexNet), float32; LogSoftmax (rank 3);
              LogSoftmax (rank 4)
              """));

  /** Gradients that training rejects; it has all others. */
  static final Map<String, Outcome> IN_TRAINING =
      known(
          Map.of(
              Outcome.REJECTED,
              """
              CollectiveReduce; RFFT, float32; RGBToHSV; SelfAdjointEigV2; StatelessIf; Switch
              """));

  private KnownLimits() {}

  /** Outcomes by {@link #key}, of op types in float64 unless they say another type. */
  private static Map<String, Outcome> known(Map<Outcome, String> names) {
    Map<String, Outcome> known = new TreeMap<>();
    names.forEach(
        (outcome, listed) -> {
          for (String name : listed.strip().split(";\\s+", -1)) {
            known.put(name.endsWith(", float32") ? name : name + ", float64", outcome);
          }
        });
    return known;
  }

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
