package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.internal.graph.Axes.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Looks for the variable that is added to what a layer's weight was applied to, behind reshapes
 * that leave the features in their order and behind sums with other tensors of the same shape,
 * which have the same gradient.
 */
final class BiasMatch {

  private final LossPath path;
  private final Map<Output<?>, Owned> owners;

  /** A variable whose value an output holds, seen through reshapes. */
  record Owned(TrainableVariables.Trainable<?> variable, WeightOperand value) {}

  /** A bias and the operation that adds it. */
  record Addition(TrainableVariables.Trainable<?> bias, GraphOperation operation) {}

  BiasMatch(LossPath path, Map<Output<?>, Owned> owners) {
    this.path = path;
    this.owners = owners;
  }

  /**
   * The bias that is added to the output of one use.
   *
   * @param features length of the layer's output
   */
  Optional<Addition> of(LayerUse use, long features) {
    GraphOperation layer = (GraphOperation) use.output().op();
    if (ScaleShiftMatch.isFused(layer)) {
      return owner(ScaleShiftMatch.fusedShift(layer), Shape.of(features), 0, features)
          .map(bias -> new Addition(bias, layer));
    }
    if (changesFeatures(use.outputView())) {
      return Optional.empty();
    }
    Optional<ViewStep.Pad> pad = pad(use.outputView());
    long own = features - pad.map(zeros -> zeros.before() + zeros.after()).orElse(0);
    return behind(use.output(), featureAxis(use), own)
        .filter(addition -> padsAlike(addition, pad, features));
  }

  /** Whether the part of a bias that is added belongs to the part of the outputs it is added to. */
  private boolean padsAlike(Addition addition, Optional<ViewStep.Pad> pad, long features) {
    WeightOperand added = added(addition.operation()).value();
    List<Part> parts = added.axes().parts().toList();
    return added.pad(parts).equals(pad) && Axes.product(added.whole(parts)) == features;
  }

  private Owned added(GraphOperation addition) {
    for (int i = addition.numInputs() - 1; i >= 0; i--) {
      Owned owned = owners.get(addition.input(i));
      if (owned != null) {
        return owned;
      }
    }
    throw new IllegalStateException("no variable is added by " + LayerMatch.describe(addition));
  }

  private static Optional<ViewStep.Pad> pad(List<ViewStep> view) {
    return steps(view, ViewStep.Pad.class).findFirst();
  }

  private static <S extends ViewStep> Stream<S> steps(List<ViewStep> view, Class<S> kind) {
    return view.stream().filter(kind::isInstance).map(kind::cast);
  }

  /** Whether the rows of a layer's output are something else than its features in their order. */
  private static boolean changesFeatures(List<ViewStep> view) {
    boolean transposed = false;
    for (ViewStep step : view) {
      boolean reshapes = step instanceof ViewStep.Reshape;
      boolean transposes = step instanceof ViewStep.Transpose;
      boolean keeps = step instanceof ViewStep.Pad || step instanceof ViewStep.Cast;
      if ((!reshapes && !transposes && !keeps) || (transposed && reshapes)) {
        return true;
      }
      transposed |= transposes;
    }
    return false;
  }

  /** The dimension of a layer's output that its features are, counted from the end. */
  private static int featureAxis(LayerUse use) {
    return use.output().shape().isUnknown()
        ? -1
        : steps(use.outputView(), ViewStep.Transpose.class)
            .map(ViewStep.Transpose::order)
            .findFirst()
            .map(order -> order.get(order.size() - 1) - order.size())
            .orElse(-1);
  }

  private Optional<Addition> behind(Output<?> value, int axis, long features) {
    List<GraphOperation> consumers = path.consumers(value);
    if (consumers.size() != 1) {
      return Optional.empty();
    }
    GraphOperation next = consumers.get(0);
    Output<?> output = next.output(0);
    return switch (next.type()) {
      case "BiasAdd" -> biasAdd(next, value, axis, features);
      case "Add", "AddV2" -> {
        Output<?> added = next.input(next.input(0).equals(value) ? 1 : 0);
        Optional<TrainableVariables.Trainable<?>> bias =
            owner(added, output.shape(), axis, features);
        if (bias.isPresent()) {
          yield Optional.of(new Addition(bias.get(), next));
        }
        boolean sameShape = !owners.containsKey(added) && keeps(value, output);
        yield sameShape ? behind(output, axis, features) : Optional.empty();
      }
      case "Identity", "Cast" -> behind(output, axis, features);
      case "Transpose" ->
          transposed(next, axis, features).flatMap(moved -> behind(output, moved, features));
      case "Reshape", "Squeeze", "ExpandDims", "BatchToSpaceND" ->
          axis == -1 && endsWith(output.shape(), features)
              ? behind(output, -1, features)
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Position of the features behind a transpose, counted from the end. */
  private static Optional<Integer> transposed(GraphOperation transpose, int axis, long features) {
    Shape shape = transpose.input(0).shape();
    Optional<long[]> order = Constants.known(transpose.input(1));
    if (shape.isUnknown() || order.isEmpty()) {
      return Optional.empty();
    }
    int rank = shape.numDimensions();
    return IntStream.range(0, shape.get(rank + axis) == features ? rank : 0)
        .filter(i -> order.get()[i] == rank + axis)
        .mapToObj(i -> i - rank)
        .findFirst();
  }

  private Optional<Addition> biasAdd(
      GraphOperation addition, Output<?> value, int axis, long features) {
    boolean last = addition.attributes().getAttrString("data_format").equals("NHWC");
    Shape shape = addition.output(0).shape();
    int rank = shape.isUnknown() ? 0 : shape.numDimensions();
    boolean fits = last ? axis == -1 : rank > 0 && axis == 1 - rank;
    if (!fits || !addition.input(0).equals(value)) {
      return Optional.empty();
    }
    return owner(addition.input(1), Shape.of(features), -1, features)
        .map(bias -> new Addition(bias, addition));
  }

  /** Whether the last dimensions of a shape are as many numbers as the features. */
  private static boolean endsWith(Shape shape, long features) {
    if (shape.isUnknown()) {
      return false;
    }
    long product = 1;
    for (int i = shape.numDimensions() - 1; i >= 0 && product < features; i--) {
      if (shape.get(i) == Axes.UNKNOWN) {
        return false;
      }
      product *= shape.get(i);
    }
    return product == features;
  }

  private static boolean keeps(Output<?> value, Output<?> sum) {
    return !value.shape().isUnknown()
        && !sum.shape().isUnknown()
        && Arrays.equals(value.shape().asArray(), sum.shape().asArray());
  }

  /**
   * The variable that an added value is, if it holds one number for each feature and no other.
   *
   * @param axis the dimension of the sum that the features are, from its end; -1 for the last ones
   */
  private Optional<TrainableVariables.Trainable<?>> owner(
      Output<?> added, Shape sum, int axis, long features) {
    Owned owned = owners.get(added);
    if (owned == null || owned.value().factor().isPresent() || !owned.value().keepsCut()) {
      return Optional.empty();
    }
    List<Part> parts = owned.value().axes().parts().toList();
    boolean whole =
        Axes.product(parts) == features
            && owned.value().scales().isEmpty()
            && (parts.isEmpty() || Axes.view(parts, List.of()).isOrdered());
    return whole && isAligned(owned.value().axes(), sum, axis, features)
        ? Optional.of(owned.variable())
        : Optional.empty();
  }

  /** Whether an added value that is broadcast to a sum lies along the sum's features. */
  private static boolean isAligned(Axes added, Shape sum, int axis, long features) {
    List<Integer> extended =
        IntStream.range(0, added.rank())
            .filter(i -> added.size(i) != 1)
            .mapToObj(i -> i - added.rank())
            .toList();
    if (features == 1 || axis == 0) {
      return added.rank() <= 1 || features == 1;
    }
    if (axis != -1) {
      return extended.equals(List.of(axis));
    }
    if (sum.isUnknown()) {
      return extended.equals(List.of(-1));
    }
    int first = extended.isEmpty() ? 0 : extended.get(0);
    for (int dimension = -1; dimension >= first; dimension--) {
      int index = sum.numDimensions() + dimension;
      if (!extended.contains(dimension) && (index < 0 || sum.get(index) != 1)) {
        return false;
      }
    }
    return true;
  }
}
