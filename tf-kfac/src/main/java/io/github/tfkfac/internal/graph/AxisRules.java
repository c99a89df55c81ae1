package io.github.tfkfac.internal.graph;

import io.github.tfkfac.internal.graph.Traced.Lost;
import io.github.tfkfac.internal.graph.Traced.Unranked;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Rules by which operations transform the dimensions of their inputs. */
final class AxisRules {

  private static final Map<String, Function<AxisRules, Traced>> RULES = new HashMap<>();

  private final TracedOutput made;
  private final GraphOperation operation;
  private final Shape shape;
  private final List<Traced> inputs;
  private final MovedAxes moved;

  static {
    rule(
        "Const VariableV2 VarHandleOp ReadVariableOp Shape ShapeN Size Rank Range",
        rules -> rules.made.fixed());
    rule(
        "Identity StopGradient Cast PreventGradient EnsureShape CheckNumerics"
            + " PlaceholderWithDefault BiasAdd",
        rules -> rules.inputs.get(0));
    rule("LookupTableFindV2", rules -> rules.inputs.get(1));
    rule("IdentityN", rules -> rules.inputs.get(rules.made.output().index()));
    rule("CropAndResize", rules -> rules.made.fresh()); // its regions are the examples
    rule(
        "Fill RandomUniform RandomStandardNormal TruncatedNormal StatelessRandomUniform"
            + " StatelessRandomUniformV2 StatelessRandomNormal StatelessRandomNormalV2"
            + " RandomUniformInt",
        rules -> rules.made.made());
    rule("Reshape", rules -> rules.moved.reshape(rules.inputs.get(0)));
    moving("ExpandDims", MovedAxes::expandDims);
    moving("Squeeze", MovedAxes::squeeze);
    moving("Transpose", MovedAxes::transpose);
    moving("Tile", MovedAxes::tile);
    moving("OneHot", MovedAxes::oneHot);
    moving("Unpack", MovedAxes::unpack);
    moving("StridedSlice", MovedAxes::stridedSlice);
    moving("Slice Pad PadV2 MirrorPad SplitV", MovedAxes::resized);
    moving("SpaceToBatchND", MovedAxes::spaceToBatch);
    moving("BatchToSpaceND", MovedAxes::batchToSpace);
    rule("Split", rules -> rules.inputs.get(1).map(rules.moved::resized));
    rule("MatMul", rules -> rules.matMul("transpose_a", "transpose_b"));
    rule("BatchMatMul BatchMatMulV2 BatchMatMulV3", rules -> rules.matMul("adj_x", "adj_y"));
    rule("Einsum", rules -> JointAxes.einsum(rules.operation, rules.inputs, rules::other));
    rule("BroadcastTo", rules -> rules.hasExamples(0) ? rules.inputs.get(0) : rules.made.made());
    rule("GatherV2", AxisRules::gather);
    rule(
        "SegmentSum SegmentMean SegmentProd SegmentMax SegmentMin SegmentSumV2 SegmentProdV2"
            + " SegmentMaxV2 SegmentMinV2 UnsortedSegmentSum UnsortedSegmentProd"
            + " UnsortedSegmentMax UnsortedSegmentMin",
        AxisRules::segments);
    rule("SparseToDense RaggedTensorToTensor", AxisRules::ofBatch);
    rule(
        "Mean Sum Max Min Prod Any All EuclideanNorm",
        rules -> rules.reduced(rules.operation.attributes().getAttrBool("keep_dims")));
    rule("ArgMax ArgMin", rules -> rules.reduced(false));
    rule("Pack", AxisRules::pack);
    rule("ConcatV2", AxisRules::concat);
    rule(
        "Conv2D DepthwiseConv2dNative Conv3D MaxPool AvgPool MaxPool3D AvgPool3D ResizeBilinear"
            + " ResizeNearestNeighbor ResizeBicubic FusedBatchNorm FusedBatchNormV2"
            + " FusedBatchNormV3 DepthToSpace SpaceToDepth ExtractImagePatches LRN DenseBincount",
        rules -> rules.leading(rules.inputs.get(0)));
    rule("Conv2DBackpropInput Conv3DBackpropInputV2", rules -> rules.leading(rules.inputs.get(2)));
  }

  private static void rule(String types, Function<AxisRules, Traced> rule) {
    for (String type : types.split(" ", -1)) {
      RULES.put(type, rule);
    }
  }

  private static void moving(String types, BiFunction<MovedAxes, Axes, Traced> rule) {
    rule(types, rules -> rules.inputs.get(0).map(axes -> rule.apply(rules.moved, axes)));
  }

  private AxisRules(TracedOutput made, List<Traced> inputs) {
    this.made = made;
    this.operation = made.operation();
    this.shape = made.shape();
    this.inputs = inputs;
    this.moved = new MovedAxes(made);
  }

  /** The dimensions of an operation's output. */
  static Traced of(GraphOperation operation, Output<?> output, List<Traced> inputs, Shape shape) {
    AxisRules rules = new AxisRules(new TracedOutput(operation, output, shape), inputs);
    return RULES.getOrDefault(operation.type(), AxisRules::other).apply(rules);
  }

  private Traced matMul(String transposeLeft, String transposeRight) {
    return JointAxes.matMul(
        inputs,
        operation.attributes().getAttrBool(transposeLeft),
        operation.attributes().getAttrBool(transposeRight),
        this::other);
  }

  private boolean hasExamples(int input) {
    return inputs.get(input).axes().filter(Axes::hasExamples).isPresent();
  }

  private Traced gather() {
    Optional<Integer> axis = Constants.scalar(operation.input(2));
    return operation.attributes().getAttrInt("batch_dims") != 0 || axis.isEmpty()
        ? other()
        : Traced.all(
            inputs.subList(0, 2), all -> gathered(all.get(0), all.get(1), axis.orElseThrow()));
  }

  private Traced gathered(Axes table, Axes indices, int axis) {
    int index = axis < 0 ? axis + table.rank() : axis;
    return table.hasExamples(index)
        ? other()
        : Traced.of(table.replaced(index, index + 1, indices.dimensions()));
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
              return Traced.of(axes.replaced(0, joined, List.of(made.sizeOf(0))));
            });
  }

  /** Something that lists entries of a batch becomes the batch. */
  private Traced ofBatch() {
    boolean ofData = IntStream.range(0, inputs.size()).anyMatch(this::hasExamples);
    return ofData ? made.fresh() : made.fixed();
  }

  private Traced reduced(boolean kept) {
    return inputs
        .get(0)
        .map(
            axes ->
                Constants.known(operation.input(1))
                    .map(chosen -> reduced(axes, chosen, kept))
                    .orElseGet(this::other));
  }

  private static Traced reduced(Axes axes, long[] chosen, boolean kept) {
    Axes result = axes;
    for (int i = axes.rank() - 1; i >= 0; i--) {
      if (MovedAxes.names(chosen, i, axes.rank())) {
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
    Traced joint = JointAxes.of(inputs);
    boolean fits =
        joint
            .axes()
            .filter(
                axes ->
                    shape.isUnknown()
                        ? JointAxes.isEntrywise(operation)
                        : axes.rank() == shape.numDimensions() && JointAxes.fits(axes, shape))
            .isPresent();
    if (fits) {
      return joint;
    }
    if (inputs.isEmpty()) {
      return made.fresh();
    }
    for (Traced input : inputs) {
      if (input instanceof Lost) {
        return input;
      }
      if (input.axes().filter(axes -> !axes.isPlainBatch()).isPresent()) {
        return made.lost("the number of examples is not known behind");
      }
    }
    return inputs.stream().anyMatch(Unranked.class::isInstance) ? made.fresh() : ofBatch();
  }
}
