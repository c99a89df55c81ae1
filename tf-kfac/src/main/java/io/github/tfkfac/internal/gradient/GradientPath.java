package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.LossPath;
import io.github.tfkfac.internal.graph.OwnGradient;
import io.github.tfkfac.internal.graph.Reach;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;

/**
 * The part of a graph between some losses and what they are differentiated by.
 *
 * <p>An operation is on the path if a gradient arrives at one of its outputs and one of its inputs
 * depends on a target, both along edges that carry gradients.
 */
final class GradientPath {

  private final Map<GraphOperation, List<Output<?>>> inputs = new LinkedHashMap<>();
  private final Map<GraphOperation, Set<Integer>> arriving = new HashMap<>();
  private final Map<Output<?>, List<Edge>> consumers = new HashMap<>();
  private final Map<GraphOperation, Set<Integer>> wanted = new LinkedHashMap<>();
  private final Set<Output<?>> targets;

  private record Edge(GraphOperation consumer, int input) {}

  GradientPath(List<Output<?>> losses, List<Output<?>> targets) {
    this.targets = new LinkedHashSet<>(targets);
    walkBack(losses);
    followGradients(losses);
    inputs.forEach(
        (operation, sources) -> {
          for (int i = 0; i < sources.size(); i++) {
            consumers
                .computeIfAbsent(sources.get(i), source -> new ArrayList<>())
                .add(new Edge(operation, i));
          }
        });
    walkForward();
  }

  /** The operations on the path, in no order. */
  List<OperationUse> uses() {
    List<OperationUse> uses = new ArrayList<>();
    wanted.forEach(
        (operation, positions) ->
            uses.add(
                new OperationUse(
                    operation, positions, arriving.getOrDefault(operation, Set.of()))));
    return uses;
  }

  /** The targets that lie before an operation of the path. */
  List<Output<?>> targetsBefore(GraphOperation operation) {
    return Reach.from(List.of(operation), next -> wantedSources(next).map(Reach::source)).stream()
        .flatMap(this::wantedSources)
        .filter(targets::contains)
        .distinct()
        .toList();
  }

  private Stream<Output<?>> wantedSources(GraphOperation operation) {
    return wanted.getOrDefault(operation, Set.of()).stream().map(operation::input);
  }

  /** Operations that a gradient arrives at and any edge leads to from a target. */
  Set<GraphOperation> metByTensorFlow() {
    return Reach.from(sources(List.copyOf(targets)), this::consumers).stream()
        .flatMap(this::consumers)
        .filter(arriving::containsKey)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Whether anything that is computed from the operation's outputs leads to a loss. */
  boolean hasConsumers(GraphOperation operation) {
    return outputs(operation).anyMatch(consumers::containsKey);
  }

  private void walkBack(List<Output<?>> losses) {
    for (GraphOperation operation : Reach.from(sources(losses), Reach::sources)) {
      inputs.put(operation, operation.inputs().stream().<Output<?>>map(Operand::asOutput).toList());
    }
  }

  private static List<GraphOperation> sources(List<Output<?>> outputs) {
    return outputs.stream().map(Reach::source).toList();
  }

  private void followGradients(List<Output<?>> losses) {
    for (Output<?> output : Reach.from(losses, this::carriers)) {
      arriving.computeIfAbsent(Reach.source(output), op -> new TreeSet<>()).add(output.index());
    }
  }

  /** The inputs that the gradient of an output is passed on to. */
  private Stream<Output<?>> carriers(Output<?> output) {
    GraphOperation operation = Reach.source(output);
    return LossPath.stopsGradients(operation)
        ? Stream.of()
        : inputs.getOrDefault(operation, List.of()).stream()
            .skip(OwnGradient.inputsWithout(operation))
            .filter(LossPath::carriesGradient);
  }

  private void walkForward() {
    for (Output<?> output : Reach.from(targets, this::derived)) {
      differentiated(output)
          .forEach(
              edge ->
                  wanted.computeIfAbsent(edge.consumer(), op -> new TreeSet<>()).add(edge.input()));
    }
  }

  /** The outputs that depend on an output by one operation along edges that carry gradients. */
  private Stream<Output<?>> derived(Output<?> output) {
    return differentiated(output)
        .flatMap(edge -> outputs(edge.consumer()))
        .filter(LossPath::carriesGradient);
  }

  private Stream<Edge> differentiated(Output<?> output) {
    return edges(output).filter(this::isDifferentiated);
  }

  private boolean isDifferentiated(Edge edge) {
    return arriving.containsKey(edge.consumer())
        && !LossPath.stopsGradients(edge.consumer())
        && edge.input() >= OwnGradient.inputsWithout(edge.consumer());
  }

  private Stream<Edge> edges(Output<?> output) {
    return consumers.getOrDefault(output, List.of()).stream();
  }

  private Stream<GraphOperation> consumers(GraphOperation operation) {
    return outputs(operation).flatMap(this::edges).map(Edge::consumer);
  }

  private static Stream<Output<?>> outputs(GraphOperation operation) {
    return IntStream.range(0, operation.numOutputs()).mapToObj(operation::output);
  }
}
