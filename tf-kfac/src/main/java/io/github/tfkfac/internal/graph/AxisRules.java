package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.Traced.Lost;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Rules by which operations transform the dimensions of their inputs. */
final class AxisRules {

  private final TracedOutput made;
  private final GraphOperation operation;
  private final Shape shape;
  private final List<Traced> inputs;
  private final MovedAxes moved;
  private final ProductAxes product;

  private AxisRules(TracedOutput made, List<Traced> inputs) {
    this.made = made;
    this.operation = made.operation();
    this.shape = made.shape();
    this.inputs = inputs;
    this.moved = new MovedAxes(made);
    this.product = new ProductAxes(operation, inputs);
  }

  /**
   * The dimensions of an operation's output.
   *
   * @param inputs of the operation's inputs
   * @param shape of the output, where known
   */
  static Traced of(GraphOperation operation, Output<?> output, List<Traced> inputs, Shape shape) {
    return new AxisRules(new TracedOutput(operation, output, shape), inputs).trace();
  }

  private Traced trace() {
    return switch (operation.type()) {
      case "Const",
          "VariableV2",
          "VarHandleOp",
          "ReadVariableOp",
          "Shape",
          "ShapeN",
          "Size",
          "Rank",
          "Range" ->
          made.fixed();
      case "Identity",
          "StopGradient",
          "Cast",
          "PreventGradient",
          "EnsureShape",
          "CheckNumerics",
          "PlaceholderWithDefault" ->
          inputs.get(0);
      case "BiasAdd" -> inputs.get(0);
      case "CropAndResize" -> made.fresh(); // its regions are the examples
      case "IdentityN" -> inputs.get(made.output().index());
      case "Reshape" -> moved.reshape(inputs.get(0));
      case "ExpandDims" -> inputs.get(0).map(moved::expandDims);
      case "Squeeze" -> inputs.get(0).map(moved::squeeze);
      case "Transpose" -> inputs.get(0).map(moved::transpose);
      case "MatMul" -> product.matMul("transpose_a", "transpose_b").orElseGet(this::other);
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" ->
          product.matMul("adj_x", "adj_y").orElseGet(this::other);
      case "Einsum" -> product.einsum().orElseGet(this::other);
      case "Fill",
          "RandomUniform",
          "RandomStandardNormal",
          "TruncatedNormal",
          "StatelessRandomUniform",
          "StatelessRandomUniformV2",
          "StatelessRandomNormal",
          "StatelessRandomNormalV2",
          "RandomUniformInt" ->
          made.made();
      case "BroadcastTo" ->
          inputs.get(0).axes().filter(Axes::hasExamples).isPresent() ? broadcast(1) : made.made();
      case "Tile" -> inputs.get(0).map(moved::tile);
      case "GatherV2" -> gather();
      case "SegmentSum",
          "SegmentMean",
          "SegmentProd",
          "SegmentMax",
          "SegmentMin",
          "SegmentSumV2",
          "SegmentProdV2",
          "SegmentMaxV2",
          "SegmentMinV2",
          "UnsortedSegmentSum",
          "UnsortedSegmentProd",
          "UnsortedSegmentMax",
          "UnsortedSegmentMin" ->
          segments();
      case "SparseToDense", "RaggedTensorToTensor" -> ofBatch();
      case "OneHot" -> inputs.get(0).map(moved::oneHot);
      case "LookupTableFindV2" -> inputs.get(1);
      case "Mean", "Sum", "Max", "Min", "Prod", "Any", "All", "EuclideanNorm" ->
          inputs.get(0).map(axes -> reduced(axes, operation.attributes().getAttrBool("keep_dims")));
      case "ArgMax", "ArgMin" -> inputs.get(0).map(axes -> reduced(axes, false));
      case "Pack" -> pack();
      case "Unpack" -> inputs.get(0).map(moved::unpack);
      case "StridedSlice" -> inputs.get(0).map(moved::stridedSlice);
      case "Slice", "Pad", "PadV2", "MirrorPad", "SplitV" -> inputs.get(0).map(moved::resized);
      case "Split" -> inputs.get(1).map(moved::resized);
      case "ConcatV2" -> concat();
      case "Conv2D",
          "DepthwiseConv2dNative",
          "Conv3D",
          "MaxPool",
          "AvgPool",
          "MaxPool3D",
          "AvgPool3D",
          "ResizeBilinear",
          "ResizeNearestNeighbor",
          "ResizeBicubic",
          "FusedBatchNorm",
          "FusedBatchNormV2",
          "FusedBatchNormV3",
          "DepthToSpace",
          "SpaceToDepth",
          "ExtractImagePatches",
          "LRN",
          "DenseBincount" ->
          leading(inputs.get(0));
      case "Conv2DBackpropInput", "Conv3DBackpropInputV2" -> leading(inputs.get(2));
      case "SpaceToBatchND" -> inputs.get(0).map(moved::spaceToBatch);
      case "BatchToSpaceND" -> inputs.get(0).map(moved::batchToSpace);
      default -> other();
    };
  }

  private Traced gather() {
    Optional<Integer> axis = Constants.scalar(operation.input(2));
    if (operation.attributes().getAttrInt("batch_dims") != 0 || axis.isEmpty()) {
      return other();
    }
    return inputs
        .get(0)
        .map(
            table ->
                inputs
                    .get(1)
                    .map(
                        indices -> {
                          int index = axis.get() < 0 ? axis.get() + table.rank() : axis.get();
                          if (table.hasExamples(index)) {
                            return other();
                          }
                          List<List<Part>> result =
                              new ArrayList<>(table.dimensions().subList(0, index));
                          result.addAll(indices.dimensions());
                          result.addAll(table.dimensions().subList(index + 1, table.rank()));
                          return Traced.of(new Axes(result));
                        }));
  }

  /** Rows of one input are joined as the other says; what is behind the rows stays. */
  private Traced segments() {
    if (inputs.get(1).axes().isEmpty()) {
      return other();
    }
    int joined = inputs.get(1).axes().get().rank();
    return inputs
        .get(0)
        .map(
            axes -> {
              boolean mixed =
                  IntStream.range(0, Math.min(joined, axes.rank())).anyMatch(axes::hasExamples);
              if (mixed || inputs.get(1).axes().get().hasExamples() || joined > axes.rank()) {
                return other();
              }
              List<List<Part>> result = new ArrayList<>(List.of(made.sizeOf(0)));
              result.addAll(axes.dimensions().subList(joined, axes.rank()));
              return Traced.of(new Axes(result));
            });
  }

  /** Something that lists entries of a batch becomes the batch. */
  private Traced ofBatch() {
    boolean ofData =
        inputs.stream().anyMatch(one -> one.axes().filter(Axes::hasExamples).isPresent());
    return ofData ? made.fresh() : made.fixed();
  }

  private Traced reduced(Axes axes, boolean kept) {
    Optional<long[]> chosen = Constants.known(operation.input(1));
    if (chosen.isEmpty()) {
      return other();
    }
    Axes result = axes;
    for (int i = axes.rank() - 1; i >= 0; i--) {
      int index = i;
      if (Arrays.stream(chosen.get()).anyMatch(d -> (d < 0 ? d + axes.rank() : d) == index)) {
        result = kept ? result.with(i, List.of()) : result.removed(i);
      }
    }
    return Traced.of(result);
  }

  private Traced pack() {
    int axis = Math.toIntExact(operation.attributes().getAttrInt("axis"));
    return JointAxes.of(inputs)
        .map(
            axes -> {
              int index = axis < 0 ? axis + axes.rank() + 1 : axis;
              return Traced.of(axes.inserted(index, Axes.sized(inputs.size())));
            });
  }

  private Traced concat() {
    int last = inputs.size() - 1;
    Optional<Integer> axis = Constants.scalar(operation.input(last));
    return JointAxes.of(inputs.subList(0, last))
        .map(
            axes -> {
              if (axis.isEmpty()) {
                return other();
              }
              int index = axis.get() < 0 ? axis.get() + axes.rank() : axis.get();
              if (!axes.hasExamples(index)) {
                return Traced.of(axes.with(index, made.sizeOf(index)));
              }
              return axes.isPlainBatch() ? made.fresh() : made.lost("examples are joined by");
            });
  }

  /** The first dimension stays, the others are new. */
  private Traced leading(Traced input) {
    return input.map(
        axes -> {
          if (shape.isUnknown() || axes.rank() == 0 || shape.numDimensions() == 0) {
            return other();
          }
          if (axes.hasExamples() && !axes.hasExamples(0)) {
            return made.lost("the number of examples is not known behind");
          }
          return shape.numDimensions() == 1 && axes.rank() > 1
              ? made.fixed()
              : Traced.of(Axes.of(shape).with(0, axes.get(0)));
        });
  }

  /** An operation without a rule: one that works entry by entry, or one on whole batches. */
  private Traced other() {
    Traced joint = broadcast(inputs.size());
    if (joint.axes().isPresent() && !shape.isUnknown()) {
      Axes axes = joint.axes().get();
      if (axes.rank() == shape.numDimensions() && JointAxes.fits(axes, shape)) {
        return joint;
      }
    }
    if (joint.axes().isPresent() && shape.isUnknown() && JointAxes.isEntrywise(operation)) {
      return joint;
    }
    if (inputs.isEmpty()) {
      return made.fresh();
    }
    for (Traced input : inputs) {
      if (input instanceof Lost
          || (input.axes().isPresent() && !input.axes().get().isPlainBatch())) {
        return input instanceof Lost
            ? input
            : made.lost("the number of examples is not known behind");
      }
    }
    boolean fed = inputs.stream().flatMap(one -> one.axes().stream()).anyMatch(Axes::hasExamples);
    boolean unranked = inputs.stream().anyMatch(Unranked.class::isInstance);
    return fed || unranked ? made.fresh() : made.fixed();
  }

  private Traced broadcast(int count) {
    return JointAxes.of(inputs.subList(0, count));
  }
}
