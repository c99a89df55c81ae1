package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.ViewStep;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;

/** Tells why a variable that is added to the outputs of layers is not the bias of one. */
final class ShiftReason {

  private final LossPath path;
  private final Collection<LayerSite<?>> sites;

  ShiftReason(LossPath path, Collection<LayerSite<?>> sites) {
    this.path = path;
    this.sites = sites;
  }

  /** The reason, if the variable is only added to outputs of layers. */
  Optional<String> of(List<WeightPath.Use> uses) {
    Set<GraphOperation> layers = new LinkedHashSet<>();
    for (WeightPath.Use use : uses) {
      if (LayerMatch.isPenalty(use.consumer())) {
        continue;
      }
      Optional<Set<GraphOperation>> found = layers(use);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      layers.addAll(found.get());
    }
    return layers.isEmpty() ? Optional.empty() : Optional.of(reason(layers));
  }

  private String reason(Set<GraphOperation> layers) {
    Set<LayerSite<?>> captured = new LinkedHashSet<>();
    for (GraphOperation layer : layers) {
      sites.stream()
          .filter(site -> site.uses().stream().anyMatch(use -> use.output().op().equals(layer)))
          .forEach(captured::add);
    }
    String first = LayerMatch.describe(layers.iterator().next());
    if (captured.isEmpty()) {
      return "added to the output of " + first + ", whose weight is not captured";
    }
    LayerSite<?> site = captured.iterator().next();
    if (captured.stream().allMatch(ShiftReason::isFactor)) {
      return "added to the output of " + first + ", whose weight is a product with another matrix";
    }
    if (captured.size() > 1) {
      return "added to the outputs of several layers, "
          + captured.stream()
              .map(one -> "'" + one.name() + "'")
              .sorted()
              .collect(Collectors.joining(" and "))
          + "; the bias of a single one is captured with it";
    }
    if (isTransposed(site)) {
      return "added at every output position of transposed convolution '%s', whose factors have a row per input position"
          .formatted(site.name());
    }
    if (site.kind() instanceof LayerKind.Embedding) {
      return "added to rows of '" + site.name() + "'; an embedding is captured without a bias";
    }
    Optional<String> other =
        site.bias().map(bias -> "layer '" + site.name() + "' has '" + bias.name() + "' as bias");
    return other.orElse(
        "not added to every output of layer '" + site.name() + "' and to nothing else");
  }

  private static boolean isTransposed(LayerSite<?> site) {
    return site.uses().stream()
        .flatMap(use -> use.outputView().stream())
        .anyMatch(step -> step instanceof ViewStep.Windows || step instanceof ViewStep.Volumes);
  }

  private static boolean isFactor(LayerSite<?> site) {
    return site.uses().stream()
        .flatMap(use -> use.outputView().stream())
        .anyMatch(ViewStep.Product.class::isInstance);
  }

  /** The layers whose outputs a use adds to; nothing if it does something else as well. */
  private Optional<Set<GraphOperation>> layers(WeightPath.Use use) {
    Set<GraphOperation> layers = new LinkedHashSet<>();
    Set<GraphOperation> seen = new HashSet<>();
    Deque<Step> open = new ArrayDeque<>(List.of(new Step(use.consumer(), use.weight().value())));
    while (!open.isEmpty()) {
      Step step = open.remove();
      switch (step.operation().type()) {
        case "Add", "AddV2", "BiasAdd" -> {
          int other = step.operation().input(0).equals(step.value()) ? 1 : 0;
          Optional<GraphOperation> layer = source(step.operation().input(other));
          if (layer.isEmpty()) {
            return Optional.empty();
          }
          layers.add(layer.get());
        }
        case "Identity",
            "Cast",
            "Reshape",
            "Squeeze",
            "ExpandDims",
            "Split",
            "Unpack",
            "StridedSlice",
            "Transpose",
            "BroadcastTo" -> {
          boolean first = seen.add(step.operation());
          for (int i = 0; first && i < step.operation().numOutputs(); i++) {
            Output<?> moved = step.operation().output(i);
            path.consumers(moved).forEach(next -> open.add(new Step(next, moved)));
          }
        }
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(layers);
  }

  /** An operation and the value of the variable that it takes. */
  private record Step(GraphOperation operation, Output<?> value) {}

  /** The layer that a value is the output of, perhaps moved or with something else added. */
  private static Optional<GraphOperation> source(Output<?> value) {
    Output<?> current = value;
    while (current.op() instanceof GraphOperation operation) {
      switch (operation.type()) {
        case "MatMul",
            "BatchMatMul",
            "BatchMatMulV2",
            "BatchMatMulV3",
            "Einsum",
            "Conv2D",
            "DepthwiseConv2dNative",
            "Conv2DBackpropInput",
            "Conv3D",
            "Conv3DBackpropInputV2",
            "GatherV2" -> {
          return Optional.of(operation);
        }
        case "Identity",
            "Cast",
            "Reshape",
            "Squeeze",
            "ExpandDims",
            "Transpose",
            "BatchToSpaceND",
            "BiasAdd",
            "Add",
            "AddV2" ->
            current = operation.input(0);
        default -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
