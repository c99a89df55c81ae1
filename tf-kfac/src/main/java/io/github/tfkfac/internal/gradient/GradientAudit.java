package io.github.tfkfac.internal.gradient;

import static io.github.tfkfac.internal.gradient.ElementwiseRules.slope;

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
    FINDINGS.forEach(
        finding ->
            finding
                .types()
                .forEach(
                    type -> BY_TYPE.computeIfAbsent(type, t -> new ArrayList<>()).add(finding)));
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
    if (listed.isPresent() || OperationDefinitions.hasGradient(use.type())) {
      return listed;
    }
    return Optional.of(
        new GradientFinding(
            List.of(use.type()),
            "",
            any -> true,
            Defect.MISSING,
            new Rejected(""),
            TensorFlow.version()));
  }

  private static void rejectControlFlow() {
    missing(
        new Rejected("have the condition evaluated before the graph is built"),
        "Switch",
        "Merge",
        "RefSwitch",
        "RefMerge",
        "If",
        "StatelessIf",
        "Case",
        "StatelessCase");
    missing(
        new Rejected("unroll the loop"),
        "While",
        "StatelessWhile",
        "For",
        "Enter",
        "Exit",
        "NextIteration",
        "LoopCond",
        "Scan",
        "MapDefun");
    missing(
        new Rejected(
            "export the model with Keras' TensorFlow backend: this operation is a program of the JAX backend"),
        "XlaCallModule");
  }

  private static void supplyLossesAndNormalizations() {
    row(
        "of rank other than 2",
        use -> use.input(0).shape().numDimensions() != 2,
        Defect.WRONG,
        new Supplied(LossRules::logSoftmax),
        "LogSoftmax");
    row(
        "with settings other than the defaults",
        GradientAudit::hasOtherLocalResponse,
        Defect.WRONG,
        new Supplied(LossRules::localResponse),
        "LRN");
    row(
        "whose second output, its gradient, is used",
        use -> use.outputs().contains(1),
        Defect.WRONG,
        new Rejected("build the loss from log-softmax"),
        "SoftmaxCrossEntropyWithLogits",
        "SparseSoftmaxCrossEntropyWithLogits");
    row(
        "of a type other than float32, or with labels that are repeated",
        use -> true,
        Defect.FAILS,
        new Supplied(LossRules::crossEntropy),
        "SoftmaxCrossEntropyWithLogits");
    missing(new Supplied(LossRules::crossEntropy), "SparseSoftmaxCrossEntropyWithLogits");
    missing(new Supplied(LossRules::connectionist), "CTCLoss", "CTCLossV2");
    row(
        "whose mean or variance of the batch is used",
        use -> use.outputs().stream().anyMatch(output -> output > 0),
        Defect.WRONG,
        new Rejected("compute mean and variance by Mean and SquaredDifference"),
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3");
    row(
        "whose given mean or variance is trained",
        use -> use.inputs().stream().anyMatch(input -> input > 2),
        Defect.WRONG,
        new Rejected("normalize by Sub, Rsqrt and Mul"),
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3");
    missing(
        "with channels first, in inference mode",
        use -> !use.flag("is_training") && !use.text("data_format").equals("NHWC"),
        new Rejected("use FusedBatchNormV3"),
        "FusedBatchNorm",
        "FusedBatchNormV2");
    missing(new Supplied(LossRules::fusedBatchNorm), "FusedBatchNorm", "FusedBatchNormV2");
  }

  private static boolean hasOtherLocalResponse(OperationUse use) {
    var attributes = use.operation().attributes();
    return attributes.getAttrInt("depth_radius") != 5
        || attributes.getAttrFloat("bias") != 1f
        || attributes.getAttrFloat("alpha") != 1f
        || attributes.getAttrFloat("beta") != 0.5f;
  }

  private static void supplyConvolutions() {
    row(
        "with dilations",
        ConvolutionRules::isDilated,
        Defect.WRONG,
        new Supplied(ConvolutionRules::convolution2d),
        "Conv2D");
    row(
        "with explicit padding",
        use -> use.text("padding").equals("EXPLICIT"),
        Defect.FAILS,
        new Supplied(ConvolutionRules::convolution2d),
        "Conv2D");
    row(
        "with groups of channels, in float64",
        ChannelGroups::areApart,
        Defect.FAILS,
        new Supplied(ConvolutionRules::convolution2d),
        "Conv2D");
    row(
        "with explicit padding",
        use -> use.text("padding").equals("EXPLICIT"),
        Defect.FAILS,
        new Supplied(ConvolutionRules::maxPool),
        "MaxPool");
    missing(new Supplied(ConvolutionRules::backpropFilter2d), "Conv2DBackpropFilter");
    missing(new Supplied(ConvolutionRules::convolution3d), "Conv3D");
    missing(new Supplied(ConvolutionRules::transposed3d), "Conv3DBackpropInputV2");
    missing(new Supplied(ConvolutionRules::maxPoolWithArgmax), "MaxPoolWithArgmax");
    missing(new Supplied(ConvolutionRules::dilation2d), "Dilation2D");
    missing(new Supplied(ConvolutionRules::extractImagePatches), "ExtractImagePatches");
    row(
        "on a CPU, unless TF_DETERMINISTIC_OPS=1 is in the environment",
        use -> true,
        Defect.RACY,
        new Noted("set TF_DETERMINISTIC_OPS=1"),
        "CropAndResize");
  }

  private static void supplyElementwise() {
    missing(new Supplied(slope(ElementwiseRules::erfc)), "Erfc");
    missing(new Supplied(slope(ElementwiseRules::digamma)), "Digamma");
    missing(new Supplied(slope(ElementwiseRules::dawson)), "Dawsn");
    missing(new Supplied(slope(ElementwiseRules::exponentialIntegral)), "Expint");
    missing(new Supplied(slope(ElementwiseRules::spence)), "Spence");
    missing(new Supplied(slope(ElementwiseRules::besselI0)), "BesselI0");
    missing(new Supplied(slope(ElementwiseRules::besselI0e)), "BesselI0e");
    missing(new Supplied(slope(ElementwiseRules::besselI1)), "BesselI1");
    missing(new Supplied(slope(ElementwiseRules::besselI1e)), "BesselI1e");
    missing(new Supplied(ComplexRules::absolute), "ComplexAbs");
    inDoublePrecision(ComplexRules::real, "Real");
    inDoublePrecision(ComplexRules::imaginary, "Imag");
    inDoublePrecision(ComplexRules::angle, "Angle");
    inDoublePrecision(ComplexRules::parts, "Complex");
    missing(new Supplied(ElementwiseRules::remainder), "FloorMod", "Mod", "TruncateMod");
    row(
        "of operands that are broadcast",
        use ->
            !use.input(0).shape().equals(use.input(1).shape())
                || use.input(0).shape().hasUnknownDimension(),
        Defect.WRONG,
        new Supplied(ElementwiseRules::atan2),
        "Atan2");
    missing(new Supplied(ElementwiseRules::xlogy), "Xlogy");
    missing(new Supplied(ElementwiseRules::xlog1py), "Xlog1py");
    missing(new Supplied(ElementwiseRules::xdivy), "Xdivy");
    missing(new Supplied(ElementwiseRules::mulNoNan), "MulNoNan");
    row(
        "whose own gradient function is not in the graph's library",
        FunctionGradient::isLost,
        Defect.WRONG,
        new Rejected("save the model with its custom gradients"),
        "IdentityN");
    row(
        "with a gradient function of its own",
        FunctionGradient::isBrought,
        Defect.WRONG,
        new Supplied(FunctionGradient::call),
        "IdentityN");
    missing(
        new Supplied(ElementwiseRules::identity),
        "IdentityN",
        "EnsureShape",
        "Snapshot",
        "PlaceholderWithDefault",
        "CheckNumericsV2",
        "DebugIdentity",
        "DebugIdentityV2",
        "DebugIdentityV3",
        "Copy",
        "CopyHost",
        "DeepCopy");
    missing(new Supplied(ElementwiseRules::sum), "AccumulateNV2");
    missing(
        new Supplied(ScanRules::fakeQuantization),
        "FakeQuantWithMinMaxArgs",
        "FakeQuantWithMinMaxVars",
        "FakeQuantWithMinMaxVarsPerChannel");
    row(
        "to or from a type that gradients are not computed in",
        use ->
            !LossPath.isDifferentiated(use.input(0).dataType())
                || !LossPath.isDifferentiated(use.operation().output(0).dataType()),
        Defect.WRONG,
        new Rejected("use a floating-point type of 16 bits or more"),
        "Cast");
  }

  private static void inDoublePrecision(GradientRule rule, String type) {
    row(
        "of numbers in double precision",
        use ->
            use.input(0).dataType() == DataType.DT_COMPLEX128
                || use.operation().output(0).dataType() == DataType.DT_COMPLEX128,
        Defect.FAILS,
        new Supplied(rule),
        type);
  }

  private static void supplyArrays() {
    missing(new Supplied(IndexRules::topK), "TopK", "TopKV2");
    row(
        "with an axis or shape that is not known when the graph is built",
        use -> !IndexRules.hasKnownAxis(use) && gathersUnusually(use),
        Defect.WRONG,
        new Rejected("pass the axis as a constant"),
        "GatherV2");
    row(
        "along a negative axis",
        use -> IndexRules.hasKnownAxis(use) && gathersUnusually(use),
        Defect.WRONG,
        new Supplied(IndexRules::gather),
        "GatherV2");
    row(
        "with axes or positions as numbers of 64 bits",
        IndexRules::hasWidePositions,
        Defect.FAILS,
        new Supplied(IndexRules::withNarrowPositions),
        "Sum",
        "Mean",
        "Max",
        "Min",
        "Prod",
        "StridedSlice",
        "ConcatV2");
    missing(new Supplied(IndexRules::gather), "Gather");
    missing(new Supplied(IndexRules::scatterUpdate), "TensorScatterUpdate");
    missing(new Supplied(IndexRules::scatterAdd), "TensorScatterAdd", "TensorScatterSub");
    missing(new Supplied(ScanRules::runningProduct), "Cumprod");
    missing(new Supplied(ScanRules::runningLogSum), "CumulativeLogsumexp");
  }

  private static boolean gathersUnusually(OperationUse use) {
    return use.operation().attributes().getAttrInt("batch_dims") < 0
        || !use.input(2).op().type().equals("Const")
        || IndexRules.axis(use) < 0;
  }

  private static void supplyMatrices() {
    missing(new Supplied(MatrixRules::inverse), "MatrixInverse");
    missing(new Supplied(MatrixRules::solve), "MatrixSolve");
    missing(new Supplied(MatrixRules::triangularSolve), "MatrixTriangularSolve");
    missing(new Supplied(MatrixRules::cholesky), "Cholesky");
    missing(new Supplied(MatrixRules::determinant), "MatrixDeterminant");
    missing(new Supplied(MatrixRules::logDeterminant), "LogMatrixDeterminant");
    missing(new Supplied(MatrixRules::cross), "Cross");
    missing(
        "whose fill is trained",
        use -> use.inputs().stream().anyMatch(input -> input > 0),
        new Rejected("fill with a constant"),
        "MatrixDiagPartV2",
        "MatrixDiagPartV3",
        "MatrixDiagV2",
        "MatrixDiagV3");
    missing(
        new Supplied(MatrixRules::diagonalPart),
        "MatrixDiagPart",
        "MatrixDiagPartV2",
        "MatrixDiagPartV3");
    missing(new Supplied(MatrixRules::diagonal), "MatrixDiagV2", "MatrixDiagV3");
    missing(
        new Supplied(MatrixRules::setDiagonal),
        "MatrixSetDiag",
        "MatrixSetDiagV2",
        "MatrixSetDiagV3");
  }

  private static void rejectOthers() {
    missing(
        new Rejected("use convolutions with the transform's matrix"),
        "FFT",
        "FFT2D",
        "FFT3D",
        "FFTND",
        "IFFT",
        "IFFT2D",
        "IFFT3D",
        "IFFTND",
        "RFFT",
        "RFFT2D",
        "RFFT3D",
        "RFFTND",
        "IRFFT",
        "IRFFT2D",
        "IRFFT3D",
        "IRFFTND");
    missing(new Rejected(""), "Svd", "Qr", "SelfAdjointEigV2", "Eig", "Lu", "MatrixSquareRoot");
    missing(new Rejected(""), "RGBToHSV", "HSVToRGB", "AdjustHue", "AdjustSaturation");
  }

  private static void missing(GradientFinding.Treatment treatment, String... types) {
    row("", use -> true, Defect.MISSING, treatment, types);
  }

  private static void missing(
      String condition,
      Predicate<OperationUse> holds,
      GradientFinding.Treatment treatment,
      String... types) {
    row(condition, holds, Defect.MISSING, treatment, types);
  }

  private static void row(
      String condition,
      Predicate<OperationUse> holds,
      Defect defect,
      GradientFinding.Treatment treatment,
      String... types) {
    FINDINGS.add(new GradientFinding(List.of(types), condition, holds, defect, treatment, SEEN_IN));
  }
}
