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

  private static final Set<String> ADDITIONS = Set.of("Add", "AddV2", "BiasAdd");

  private static final Set<String> MOVES =
      Set.of("Identity Cast Reshape Squeeze ExpandDims Transpose BatchToSpaceND".split(" "));

  private static final Set<String> MOVES_OF_SHIFT =
      Set.of(
          "Identity Cast Reshape Squeeze ExpandDims Split Unpack StridedSlice Transpose BroadcastTo"
              .split(" "));

  private static final Set<String> LAYERS =
      Set.of(
          ("MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 Einsum Conv2D DepthwiseConv2dNative"
                  + " Conv2DBackpropInput Conv3D Conv3DBackpropInputV2 GatherV2")
              .split(" "));

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
    return hasOutputStep(site, ViewStep.Windows.class)
        || hasOutputStep(site, ViewStep.Volumes.class);
  }

  private static boolean isFactor(LayerSite<?> site) {
    return hasOutputStep(site, ViewStep.Product.class);
  }

  private static boolean hasOutputStep(LayerSite<?> site, Class<? extends ViewStep> kind) {
    return site.uses().stream()
        .flatMap(use -> use.outputView().stream())
        .anyMatch(kind::isInstance);
  }

  /** The layers whose outputs a use adds to; nothing if it does something else as well. */
  private Optional<Set<GraphOperation>> layers(WeightPath.Use use) {
    Set<GraphOperation> layers = new LinkedHashSet<>();
    Set<GraphOperation> seen = new HashSet<>();
    Deque<Step> open = new ArrayDeque<>(List.of(new Step(use.consumer(), use.weight().value())));
    while (!open.isEmpty()) {
      Step step = open.remove();
      GraphOperation operation = step.operation();
      if (ADDITIONS.contains(operation.type())) {
        int other = operation.input(0).equals(step.value()) ? 1 : 0;
        Optional<GraphOperation> layer = source(operation.input(other));
        if (layer.isEmpty()) {
          return Optional.empty();
        }
        layers.add(layer.get());
      } else if (MOVES_OF_SHIFT.contains(operation.type())) {
        boolean first = seen.add(operation);
        for (int i = 0; first && i < operation.numOutputs(); i++) {
          Output<?> moved = operation.output(i);
          path.consumers(moved).forEach(next -> open.add(new Step(next, moved)));
        }
      } else {
        return Optional.empty();
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
      if (LAYERS.contains(operation.type())) {
        return Optional.of(operation);
      }
      if (!MOVES.contains(operation.type()) && !ADDITIONS.contains(operation.type())) {
        return Optional.empty();
      }
      current = operation.input(0);
    }
    return Optional.empty();
  }
}
