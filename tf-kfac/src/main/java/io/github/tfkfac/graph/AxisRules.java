package io.github.tfkfac.graph;

import io.github.tfkfac.graph.Axes.Part;
import io.github.tfkfac.graph.Traced.Lost;
import io.github.tfkfac.graph.Traced.Unranked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** What operations make of the dimensions of their inputs. */
final class AxisRules {

  private final GraphOperation operation;
  private final Output<?> output;
  private final List<Traced> inputs;
  private final Shape shape;

  private AxisRules(GraphOperation operation, Output<?> output, List<Traced> inputs, Shape shape) {
    this.operation = operation;
    this.output = output;
    this.inputs = inputs;
    this.shape = shape;
  }

  /**
   * The dimensions of an operation's output.
   *
   * @param inputs of the operation's inputs
   * @param shape of the output, as far as it is known
   */
  static Traced of(GraphOperation operation, Output<?> output, List<Traced> inputs, Shape shape) {
    return new AxisRules(operation, output, inputs, shape).trace();
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
          fixed();
      case "Identity",
          "StopGradient",
          "Cast",
          "PreventGradient",
          "EnsureShape",
          "CheckNumerics",
          "PlaceholderWithDefault" ->
          inputs.get(0);
      case "BiasAdd" -> inputs.get(0);
      case "CropAndResize" -> fresh(); // its regions are the examples
      case "IdentityN" -> inputs.get(output.index());
      case "Reshape" -> reshape();
      case "ExpandDims" -> inputs.get(0).map(this::expandDims);
      case "Squeeze" -> inputs.get(0).map(this::squeeze);
      case "Transpose" -> inputs.get(0).map(this::transpose);
      case "MatMul" -> matMul("transpose_a", "transpose_b");
      case "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3" -> matMul("adj_x", "adj_y");
      case "Einsum" -> einsum();
      case "Fill",
          "RandomUniform",
          "RandomStandardNormal",
          "TruncatedNormal",
          "StatelessRandomUniform",
          "StatelessRandomUniformV2",
          "StatelessRandomNormal",
          "StatelessRandomNormalV2",
          "RandomUniformInt" ->
          made();
      case "BroadcastTo" ->
          inputs.get(0).axes().filter(Axes::hasExamples).isPresent() ? broadcast(1) : made();
      case "Tile" -> inputs.get(0).map(this::tile);
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
      case "OneHot" -> inputs.get(0).map(axes -> oneHot(axes));
      case "LookupTableFindV2" -> inputs.get(1);
      case "Mean", "Sum", "Max", "Min", "Prod", "Any", "All", "EuclideanNorm" ->
          inputs.get(0).map(axes -> reduced(axes, operation.attributes().getAttrBool("keep_dims")));
      case "ArgMax", "ArgMin" -> inputs.get(0).map(axes -> reduced(axes, false));
      case "Pack" -> pack();
      case "Unpack" -> inputs.get(0).map(axes -> unpack(axes));
      case "StridedSlice" -> inputs.get(0).map(this::stridedSlice);
      case "Slice", "Pad", "PadV2", "MirrorPad", "SplitV" -> inputs.get(0).map(this::resized);
      case "Split" -> inputs.get(1).map(this::resized);
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
      case "SpaceToBatchND" -> inputs.get(0).map(this::spaceToBatch);
      case "BatchToSpaceND" -> inputs.get(0).map(this::batchToSpace);
      default -> other();
    };
  }

  private Traced lost(String why) {
    return new Lost(why + " " + LayerMatch.describe(operation));
  }

  private Traced fixed() {
    return shape.isUnknown() ? unranked() : Traced.of(Axes.of(shape));
  }

  private Traced unranked() {
    return new Unranked(LayerMatch.describe(operation) + " has an unknown rank");
  }

  private Traced fresh() {
    if (shape.isUnknown()) {
      return unranked();
    }
    return Traced.of(shape.numDimensions() == 0 ? Axes.of(shape) : Axes.batch(output, shape));
  }

  /** Something made in a given shape, which counts examples where the graph does not fix it. */
  private Traced made() {
    boolean open = !shape.isUnknown() && shape.numDimensions() > 0 && shape.get(0) == Axes.UNKNOWN;
    return open ? fresh() : fixed();
  }

  private Traced reshape() {
    Traced input = inputs.get(0);
    if (input instanceof Unranked) {
      return fresh();
    }
    return input.map(
        axes -> {
          if (shape.isUnknown()) {
            return unranked();
          }
          Optional<Axes> result = axes.reshaped(shape);
          if (result.isPresent()) {
            return Traced.of(result.get());
          }
          return axes.isPlainBatch() && shape.numDimensions() > 0
              ? fresh()
              : lost("the number of examples is not known behind");
        });
  }

  private Traced expandDims(Axes axes) {
    Optional<Integer> axis = Constants.scalar(operation.input(1));
    if (axis.isEmpty()) {
      return lost("the new dimension is not fixed in");
    }
    int index = axis.get() < 0 ? axis.get() + axes.rank() + 1 : axis.get();
    return Traced.of(axes.inserted(index, List.of()));
  }

  private Traced squeeze(Axes axes) {
    long[] chosen = operation.attributes().getAttrIntList("squeeze_dims");
    Axes result = axes;
    for (int i = axes.rank() - 1; i >= 0; i--) {
      int index = i;
      boolean named = Arrays.stream(chosen).anyMatch(d -> (d < 0 ? d + axes.rank() : d) == index);
      if (named || (chosen.length == 0 && axes.size(i) == 1 && !axes.hasExamples(i))) {
        result = result.removed(i);
      }
    }
    boolean fits = shape.isUnknown() || shape.numDimensions() == result.rank();
    return fits ? Traced.of(result) : lost("the dimensions are not known behind");
  }

  private Traced transpose(Axes axes) {
    return Constants.known(operation.input(1))
        .map(order -> Traced.of(axes.transposed(order)))
        .orElseGet(
            () ->
                axes.rank() == 2
                    ? Traced.of(axes.transposed(new long[] {1, 0}))
                    : lost("the order of dimensions is not fixed in"));
  }

  private Traced matMul(String transposeLeft, String transposeRight) {
    Optional<Traced> unknown = Traced.firstUnknown(inputs.subList(0, 2));
    if (unknown.isPresent()) {
      return unknown.get();
    }
    Axes left = inputs.get(0).axes().orElseThrow();
    Axes right = inputs.get(1).axes().orElseThrow();
    int rank = Math.max(left.rank(), right.rank());
    if (Math.min(left.rank(), right.rank()) < 2) {
      return other();
    }
    List<List<Part>> result = new ArrayList<>();
    for (int i = 0; i < rank - 2; i++) {
      result.add(joint(at(left, i - rank), at(right, i - rank)));
    }
    boolean ofLeft = operation.attributes().getAttrBool(transposeLeft);
    boolean ofRight = operation.attributes().getAttrBool(transposeRight);
    result.add(left.get(left.rank() - (ofLeft ? 1 : 2)));
    result.add(right.get(right.rank() - (ofRight ? 2 : 1)));
    return Traced.of(new Axes(result));
  }

  private Traced einsum() {
    Optional<Traced> unknown = Traced.firstUnknown(inputs);
    if (unknown.isPresent()) {
      return unknown.get();
    }
    List<Integer> ranks = inputs.stream().map(one -> one.axes().orElseThrow().rank()).toList();
    Optional<EinsumLetters> letters = EinsumLetters.of(operation, ranks);
    if (letters.isEmpty()) {
      return other();
    }
    List<List<Part>> result = new ArrayList<>();
    String output = letters.get().output();
    for (int at = 0; at < output.length(); at++) {
      char letter = output.charAt(at);
      List<Part> parts = List.of();
      for (int i = 0; i < inputs.size(); i++) {
        int index = letters.get().inputs().get(i).indexOf(letter);
        if (index >= 0) {
          parts = joint(parts, inputs.get(i).axes().orElseThrow().get(index));
        }
      }
      result.add(parts);
    }
    return Traced.of(new Axes(result));
  }

  private Traced tile(Axes axes) {
    if (!axes.hasExamples()) {
      return made();
    }
    Optional<long[]> multiples = Constants.of(operation.input(1));
    Axes result = axes;
    for (int i = 0; i < axes.rank(); i++) {
      long multiple = multiples.isEmpty() ? Constants.OPEN : multiples.get()[i];
      if (multiple == 1) {
        continue;
      }
      if (axes.hasExamples(i)) {
        return lost("examples are repeated by");
      }
      result = result.with(i, sizeOf(i));
    }
    return Traced.of(result);
  }

  private List<Part> sizeOf(int dimension) {
    return Axes.sized(shape.isUnknown() ? Axes.UNKNOWN : shape.get(dimension));
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
              List<List<Part>> result = new ArrayList<>(List.of(sizeOf(0)));
              result.addAll(axes.dimensions().subList(joined, axes.rank()));
              return Traced.of(new Axes(result));
            });
  }

  /** Something that lists entries of a batch becomes the batch. */
  private Traced ofBatch() {
    boolean ofData =
        inputs.stream().anyMatch(one -> one.axes().filter(Axes::hasExamples).isPresent());
    return ofData ? fresh() : fixed();
  }

  private Traced oneHot(Axes indices) {
    long axis = operation.attributes().getAttrInt("axis");
    int index = Math.toIntExact(axis < 0 ? indices.rank() : axis);
    Axes result = indices.inserted(index, List.of());
    return Traced.of(result.with(index, sizeOf(index)));
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
    return joint(inputs)
        .map(
            axes -> {
              int index = axis < 0 ? axis + axes.rank() + 1 : axis;
              return Traced.of(axes.inserted(index, Axes.sized(inputs.size())));
            });
  }

  private Traced unpack(Axes axes) {
    int axis = Math.toIntExact(operation.attributes().getAttrInt("axis"));
    return Traced.of(axes.removed(axis < 0 ? axis + axes.rank() : axis));
  }

  private Traced concat() {
    int last = inputs.size() - 1;
    Optional<Integer> axis = Constants.scalar(operation.input(last));
    return joint(inputs.subList(0, last))
        .map(
            axes -> {
              if (axis.isEmpty()) {
                return other();
              }
              int index = axis.get() < 0 ? axis.get() + axes.rank() : axis.get();
              if (!axes.hasExamples(index)) {
                return Traced.of(axes.with(index, sizeOf(index)));
              }
              return axes.isPlainBatch() ? fresh() : lost("examples are joined by");
            });
  }

  private Traced stridedSlice(Axes axes) {
    return SlicedAxes.of(operation, axes, shape)
        .map(Traced::of)
        .orElseGet(() -> lost("examples are cut by"));
  }

  /** Every dimension may have another length. */
  private Traced resized(Axes axes) {
    Axes result = axes;
    for (int i = 0; i < axes.rank(); i++) {
      long size = shape.isUnknown() ? Axes.UNKNOWN : shape.get(i);
      boolean same = size != Axes.UNKNOWN && size == axes.size(i);
      if (axes.hasExamples(i)) {
        boolean open = size == Axes.UNKNOWN && axes.size(i) == Axes.UNKNOWN;
        if (!same && !open && !axes.isExamples(i)) {
          return lost("examples are cut by");
        }
        if (!same && axes.isExamples(i) && size != Axes.UNKNOWN) {
          return i == 0 ? fresh() : lost("examples are cut by");
        }
      } else if (!same) {
        result = result.with(i, Axes.sized(size));
      }
    }
    return Traced.of(result);
  }

  /** The first dimension stays, the others are new. */
  private Traced leading(Traced input) {
    return input.map(
        axes -> {
          if (shape.isUnknown() || axes.rank() == 0 || shape.numDimensions() == 0) {
            return other();
          }
          if (axes.hasExamples() && !axes.hasExamples(0)) {
            return lost("the number of examples is not known behind");
          }
          return shape.numDimensions() == 1 && axes.rank() > 1
              ? fixed()
              : Traced.of(Axes.of(shape).with(0, axes.get(0)));
        });
  }

  private Traced spaceToBatch(Axes axes) {
    Optional<long[]> block = Constants.known(operation.input(1));
    if (block.isEmpty() || shape.isUnknown()) {
      return lost("the number of blocks is not fixed in");
    }
    List<Part> parts = new ArrayList<>();
    for (long size : block.get()) {
      parts.addAll(Axes.sized(size));
    }
    parts.addAll(axes.get(0));
    return Traced.of(Axes.of(shape).with(0, parts));
  }

  private Traced batchToSpace(Axes axes) {
    Optional<long[]> block = Constants.known(operation.input(1));
    if (block.isEmpty() || shape.isUnknown()) {
      return lost("the number of blocks is not fixed in");
    }
    List<Part> open = new ArrayList<>(axes.get(0));
    for (long size : block.get()) {
      if (size == 1) {
        continue;
      }
      if (open.isEmpty() || open.get(0).countsExamples() || open.get(0).size() != size) {
        return lost("the number of examples is not known behind");
      }
      open.remove(0);
    }
    return Traced.of(Axes.of(shape).with(0, open));
  }

  /** An operation without a rule: one that works entry by entry, or one on whole batches. */
  private Traced other() {
    Traced joint = broadcast(inputs.size());
    if (joint.axes().isPresent() && !shape.isUnknown()) {
      Axes axes = joint.axes().get();
      if (axes.rank() == shape.numDimensions() && fits(axes)) {
        return joint;
      }
    }
    if (joint.axes().isPresent() && shape.isUnknown() && worksEntryByEntry()) {
      return joint;
    }
    if (inputs.isEmpty()) {
      return fresh();
    }
    for (Traced input : inputs) {
      if (input instanceof Lost
          || (input.axes().isPresent() && !input.axes().get().isPlainBatch())) {
        return input instanceof Lost ? input : lost("the number of examples is not known behind");
      }
    }
    boolean fed = inputs.stream().flatMap(one -> one.axes().stream()).anyMatch(Axes::hasExamples);
    boolean unranked = inputs.stream().anyMatch(Unranked.class::isInstance);
    return fed || unranked ? fresh() : fixed();
  }

  private boolean worksEntryByEntry() {
    return switch (operation.type()) {
      case "Select",
          "SelectV2",
          "Add",
          "AddV2",
          "Sub",
          "Mul",
          "Less",
          "LessEqual",
          "Greater",
          "GreaterEqual",
          "Equal",
          "NotEqual",
          "Maximum",
          "Minimum",
          "FloorMod" ->
          true;
      default -> false;
    };
  }

  private boolean fits(Axes axes) {
    for (int i = 0; i < axes.rank(); i++) {
      long size = axes.size(i);
      long known = shape.get(i);
      if (size != Axes.UNKNOWN && known != Axes.UNKNOWN && size != known) {
        return false;
      }
    }
    return true;
  }

  private Traced broadcast(int count) {
    return joint(inputs.subList(0, count));
  }

  /** The dimensions of several tensors that are broadcast against each other. */
  private static Traced joint(List<Traced> inputs) {
    Optional<Traced> unknown = Traced.firstUnknown(inputs);
    if (unknown.isPresent()) {
      return unknown.get();
    }
    List<Axes> all = inputs.stream().map(one -> one.axes().orElseThrow()).toList();
    int rank = all.stream().mapToInt(Axes::rank).max().orElse(0);
    List<List<Part>> result = new ArrayList<>();
    for (int i = -rank; i < 0; i++) {
      List<Part> parts = List.of();
      for (Axes axes : all) {
        parts = joint(parts, at(axes, i));
      }
      result.add(parts);
    }
    return Traced.of(new Axes(result));
  }

  /** A dimension counted from the end; none has length 1. */
  private static List<Part> at(Axes axes, int fromEnd) {
    int index = axes.rank() + fromEnd;
    return index < 0 ? List.of() : axes.get(index);
  }

  /** The one of two equal or broadcast dimensions that says more. */
  private static List<Part> joint(List<Part> first, List<Part> second) {
    if (first.stream().anyMatch(Part::countsExamples) || second.isEmpty()) {
      return first;
    }
    boolean better =
        first.isEmpty()
            || second.stream().anyMatch(Part::countsExamples)
            || Axes.product(first) == Axes.UNKNOWN;
    return better ? second : first;
  }
}
