package io.github.tfkfac.internal.gradient;

import static io.github.tfkfac.internal.gradient.GradientFinding.Defect.FAILS;
import static io.github.tfkfac.internal.gradient.GradientFinding.Defect.MISSING;
import static io.github.tfkfac.internal.gradient.GradientFinding.Defect.RACY;
import static io.github.tfkfac.internal.gradient.GradientFinding.Defect.WRONG;
import static io.github.tfkfac.internal.gradient.GradientRule.ofFirst;

import io.github.tfkfac.internal.gradient.GradientFinding.Defect;
import io.github.tfkfac.internal.gradient.GradientFinding.Noted;
import io.github.tfkfac.internal.gradient.GradientFinding.Rejected;
import io.github.tfkfac.internal.gradient.GradientFinding.Supplied;
import io.github.tfkfac.internal.graph.LossPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;

/**
 * Known defects of the derivatives of TensorFlow's C++ library: operations without one, with a
 * wrong one under a condition, and with one that is not deterministic.
 *
 * <p>Operations that are not listed and have none are rejected by name.
 */
public final class GradientAudit {

  private static final String SEEN_IN = "2.18.0";

  private static final List<GradientFinding> FINDINGS = new ArrayList<>();

  private static final Map<String, List<GradientFinding>> BY_TYPE = new HashMap<>();

  static {
    rejectControlFlow();
    supplyLossesAndNormalizations();
    supplyConvolutions();
    supplyElementwise();
    supplyArrays();
    supplyMatrices();
    rejectOthers();
    for (GradientFinding finding : FINDINGS) {
      finding
          .types()
          .forEach(type -> BY_TYPE.computeIfAbsent(type, t -> new ArrayList<>()).add(finding));
    }
  }

  private GradientAudit() {}

  /** Every row, in the order of the table. */
  public static List<GradientFinding> findings() {
    return List.copyOf(FINDINGS);
  }

  /** Known defect of the derivative of one operation. */
  static Optional<GradientFinding> find(OperationUse use) {
    Optional<GradientFinding> listed =
        BY_TYPE.getOrDefault(use.type(), List.of()).stream()
            .filter(finding -> finding.appliesTo(use))
            .findFirst();
    return listed.isPresent() || OperationDefinitions.hasGradient(use.type())
        ? listed
        : Optional.of(always(use.type()).is(MISSING, new Rejected(""), TensorFlow.version()));
  }

  private static void rejectControlFlow() {
    reject(
        "have the condition evaluated before the graph is built",
        "Switch Merge RefSwitch RefMerge If StatelessIf Case StatelessCase");
    reject(
        "unroll the loop",
        "While StatelessWhile For Enter Exit NextIteration LoopCond Scan MapDefun");
    reject(
        "export the model with Keras' TensorFlow backend: this operation is a program of the JAX"
            + " backend",
        "XlaCallModule");
  }

  private static void supplyLossesAndNormalizations() {
    when("LogSoftmax", "of rank other than 2", use -> use.input(0).shape().numDimensions() != 2)
        .is(WRONG, new Supplied(ofFirst(LossRules::logSoftmax)));
    when("LRN", "with settings other than the defaults", GradientAudit::hasOtherLocalResponse)
        .is(WRONG, new Supplied(ofFirst(LossRules::localResponse)));
    when(
            "SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits",
            "whose second output, its gradient, is used",
            use -> use.outputs().contains(1))
        .is(WRONG, new Rejected("build the loss from log-softmax"));
    when(
            "SoftmaxCrossEntropyWithLogits",
            "of a type other than float32, or with labels that are repeated",
            use -> true)
        .is(FAILS, new Supplied(LossRules::crossEntropy));
    supply(LossRules::crossEntropy, "SparseSoftmaxCrossEntropyWithLogits");
    supply(ofFirst(LossRules::connectionist), "CTCLoss CTCLossV2");
    String normalizations = "FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3";
    when(
            normalizations,
            "whose mean or variance of the batch is used",
            use -> use.outputs().stream().anyMatch(output -> output > 0))
        .is(WRONG, new Rejected("compute mean and variance by Mean and SquaredDifference"));
    when(
            normalizations,
            "whose given mean or variance is trained",
            use -> use.inputs().stream().anyMatch(input -> input > 2))
        .is(WRONG, new Rejected("normalize by Sub, Rsqrt and Mul"));
    when(
            "FusedBatchNorm FusedBatchNormV2",
            "with channels first, in inference mode",
            use -> !use.flag("is_training") && !use.text("data_format").equals("NHWC"))
        .is(MISSING, new Rejected("use FusedBatchNormV3"));
    supply(LossRules::fusedBatchNorm, "FusedBatchNorm FusedBatchNormV2");
  }

  private static boolean hasOtherLocalResponse(OperationUse use) {
    var attributes = use.operation().attributes();
    return attributes.getAttrInt("depth_radius") != 5
        || attributes.getAttrFloat("bias") != 1f
        || attributes.getAttrFloat("alpha") != 1f
        || attributes.getAttrFloat("beta") != 0.5f;
  }

  private static void supplyConvolutions() {
    when("Conv2D", "with dilations", ConvolutionRules::isDilated)
        .is(WRONG, new Supplied(ConvolutionRules::convolution2d));
    when("Conv2D", "with explicit padding", ConvolutionRules::isPaddedExplicitly)
        .is(FAILS, new Supplied(ConvolutionRules::convolution2d));
    when("Conv2D", "with groups of channels, in float64", ChannelGroups::areApart)
        .is(FAILS, new Supplied(ConvolutionRules::convolution2d));
    when("MaxPool", "with explicit padding", ConvolutionRules::isPaddedExplicitly)
        .is(FAILS, new Supplied(ofFirst(ConvolutionRules::maxPool)));
    supply(ConvolutionRules::backpropFilter2d, "Conv2DBackpropFilter");
    supply(ConvolutionRules::convolution3d, "Conv3D");
    supply(ConvolutionRules::transposed3d, "Conv3DBackpropInputV2");
    supply(ofFirst(ConvolutionRules::maxPoolWithArgmax), "MaxPoolWithArgmax");
    supply(ConvolutionRules::dilation2d, "Dilation2D");
    supply(ofFirst(ConvolutionRules::extractImagePatches), "ExtractImagePatches");
    when(
            "CropAndResize",
            "on a CPU, unless TF_DETERMINISTIC_OPS=1 is in the environment",
            use -> true)
        .is(RACY, new Noted("set TF_DETERMINISTIC_OPS=1"));
  }

  private static void supplyElementwise() {
    ElementwiseRules.slopes().forEach((type, rule) -> supply(rule, type));
    supply(ofFirst(ElementwiseRules::absolute), "ComplexAbs");
    supplyInDoublePrecision(ofFirst(ElementwiseRules::real), "Real");
    supplyInDoublePrecision(ofFirst(ElementwiseRules::imaginary), "Imag");
    supplyInDoublePrecision(ofFirst(ElementwiseRules::angle), "Angle");
    supplyInDoublePrecision(ElementwiseRules::parts, "Complex");
    supply(ElementwiseRules::remainder, "FloorMod Mod TruncateMod");
    when("Atan2", "of operands that are broadcast", GradientAudit::isBroadcast)
        .is(WRONG, new Supplied(ElementwiseRules::atan2));
    supply(ElementwiseRules::xlogy, "Xlogy");
    supply(ElementwiseRules::xlog1py, "Xlog1py");
    supply(ElementwiseRules::xdivy, "Xdivy");
    supply(ElementwiseRules::mulNoNan, "MulNoNan");
    when(
            "IdentityN",
            "whose own gradient function is not in the graph's library",
            FunctionGradient::isLost)
        .is(WRONG, new Rejected("save the model with its custom gradients"));
    when("IdentityN", "with a gradient function of its own", FunctionGradient::isBrought)
        .is(WRONG, new Supplied(FunctionGradient::call));
    supply(
        ElementwiseRules::identity,
        "IdentityN EnsureShape Snapshot PlaceholderWithDefault CheckNumericsV2 DebugIdentity"
            + " DebugIdentityV2 DebugIdentityV3 Copy CopyHost DeepCopy");
    supply(ElementwiseRules::sum, "AccumulateNV2");
    supply(
        ElementwiseRules::fakeQuantization,
        "FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel");
    when(
            "Cast",
            "to or from a type that gradients are not computed in",
            use ->
                !LossPath.isDifferentiated(use.input(0).dataType())
                    || !LossPath.isDifferentiated(use.operation().output(0).dataType()))
        .is(WRONG, new Rejected("use a floating-point type of 16 bits or more"));
  }

  private static boolean isBroadcast(OperationUse use) {
    return !use.input(0).shape().equals(use.input(1).shape())
        || use.input(0).shape().hasUnknownDimension();
  }

  private static void supplyInDoublePrecision(GradientRule rule, String type) {
    when(
            type,
            "of numbers in double precision",
            use ->
                use.input(0).dataType() == DataType.DT_COMPLEX128
                    || use.operation().output(0).dataType() == DataType.DT_COMPLEX128)
        .is(FAILS, new Supplied(rule));
  }

  private static void supplyArrays() {
    supply(ofFirst(ArrayRules::topK), "TopK TopKV2");
    when(
            "GatherV2",
            "with an axis or shape that is not known when the graph is built",
            use -> !ArrayRules.hasKnownAxis(use) && gathersUnusually(use))
        .is(WRONG, new Rejected("pass the axis as a constant"));
    when(
            "GatherV2",
            "along a negative axis",
            use -> ArrayRules.hasKnownAxis(use) && gathersUnusually(use))
        .is(WRONG, new Supplied(ofFirst(ArrayRules::gather)));
    when(
            "Sum Mean Max Min Prod StridedSlice ConcatV2",
            "with axes or positions as numbers of 64 bits",
            ArrayRules::hasWidePositions)
        .is(FAILS, new Supplied(ArrayRules::withNarrowPositions));
    supply(ofFirst(ArrayRules::gather), "Gather");
    supply(ArrayRules::scatterUpdate, "TensorScatterUpdate");
    supply(ArrayRules::scatterAdd, "TensorScatterAdd TensorScatterSub");
    supply(ofFirst(ArrayRules::runningProduct), "Cumprod");
    supply(ofFirst(ArrayRules::runningLogSum), "CumulativeLogsumexp");
  }

  private static boolean gathersUnusually(OperationUse use) {
    return use.operation().attributes().getAttrInt("batch_dims") < 0
        || !use.input(2).op().type().equals("Const")
        || ArrayRules.axis(use) < 0;
  }

  private static void supplyMatrices() {
    supply(ofFirst(MatrixRules::inverse), "MatrixInverse");
    supply(MatrixRules::solve, "MatrixSolve");
    supply(MatrixRules::triangularSolve, "MatrixTriangularSolve");
    supply(ofFirst(MatrixRules::cholesky), "Cholesky");
    supply(ofFirst(MatrixRules::determinant), "MatrixDeterminant");
    supply(ofFirst(MatrixRules::logDeterminant), "LogMatrixDeterminant");
    supply(MatrixRules::cross, "Cross");
    when(
            "MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3",
            "whose fill is trained",
            use -> use.inputs().stream().anyMatch(input -> input > 0))
        .is(MISSING, new Rejected("fill with a constant"));
    supply(ofFirst(MatrixRules::diagonalPart), "MatrixDiagPart MatrixDiagPartV2 MatrixDiagPartV3");
    supply(ofFirst(MatrixRules::diagonal), "MatrixDiagV2 MatrixDiagV3");
    supply(MatrixRules::setDiagonal, "MatrixSetDiag MatrixSetDiagV2 MatrixSetDiagV3");
  }

  private static void rejectOthers() {
    reject(
        "use convolutions with the transform's matrix",
        "FFT FFT2D FFT3D FFTND IFFT IFFT2D IFFT3D IFFTND"
            + " RFFT RFFT2D RFFT3D RFFTND IRFFT IRFFT2D IRFFT3D IRFFTND");
    reject("", "Svd Qr SelfAdjointEigV2 Eig Lu MatrixSquareRoot");
    reject("", "RGBToHSV HSVToRGB AdjustHue AdjustSaturation");
  }

  private static void supply(GradientRule rule, String types) {
    always(types).is(MISSING, new Supplied(rule));
  }

  private static void reject(String remedy, String types) {
    always(types).is(MISSING, new Rejected(remedy));
  }

  private static Case always(String types) {
    return when(types, "", use -> true);
  }

  private static Case when(String types, String condition, Predicate<OperationUse> holds) {
    return new Case(List.of(types.split(" ", -1)), condition, holds);
  }

  /** The operations of a row of the table and the condition under which it holds of them. */
  private record Case(List<String> types, String condition, Predicate<OperationUse> holds) {

    void is(Defect defect, GradientFinding.Treatment treatment) {
      FINDINGS.add(is(defect, treatment, SEEN_IN));
    }

    GradientFinding is(Defect defect, GradientFinding.Treatment treatment, String seenIn) {
      return new GradientFinding(types, condition, holds, defect, treatment, seenIn);
    }
  }
}
