package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.LossPath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
  private final Set<GraphOperation> afterTargets = new HashSet<>();

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
    walkForward(targets);
    followEverything(targets);
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
    Set<Output<?>> found = new LinkedHashSet<>();
    Set<GraphOperation> seen = new HashSet<>(Set.of(operation));
    Deque<GraphOperation> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      GraphOperation next = open.remove();
      for (int input : wanted.getOrDefault(next, Set.of())) {
        Output<?> source = next.input(input);
        if (targets.contains(source)) {
          found.add(source);
        }
        if (seen.add((GraphOperation) source.op())) {
          open.add((GraphOperation) source.op());
        }
      }
    }
    return List.copyOf(found);
  }

  /** Whether a gradient arrives at the operation and any edge leads to it from a target. */
  Set<GraphOperation> metByTensorFlow() {
    Set<GraphOperation> met = new LinkedHashSet<>(afterTargets);
    met.retainAll(arriving.keySet());
    return met;
  }

  /** Whether anything that is computed from the operation's outputs leads to a loss. */
  boolean hasConsumers(GraphOperation operation) {
    for (int i = 0; i < operation.numOutputs(); i++) {
      if (consumers.containsKey(operation.output(i))) {
        return true;
      }
    }
    return false;
  }

  private void walkBack(List<Output<?>> losses) {
    Deque<GraphOperation> open = new ArrayDeque<>();
    losses.forEach(loss -> open.add((GraphOperation) loss.op()));
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (inputs.containsKey(operation)) {
        continue;
      }
      List<Output<?>> sources = new ArrayList<>();
      for (Operand<?> input : operation.inputs()) {
        sources.add(input.asOutput());
        open.add((GraphOperation) input.op());
      }
      inputs.put(operation, sources);
    }
  }

  private void followGradients(List<Output<?>> losses) {
    Deque<GraphOperation> open = new ArrayDeque<>();
    for (Output<?> loss : losses) {
      arrive(loss, open);
    }
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (LossPath.stopsGradients(operation)) {
        continue;
      }
      List<Output<?>> sources = sources(operation);
      for (Output<?> source :
          sources.subList(LossPath.inputsWithoutGradient(operation), sources.size())) {
        if (LossPath.carriesGradient(source)) {
          arrive(source, open);
        }
      }
    }
  }

  private void arrive(Output<?> output, Deque<GraphOperation> open) {
    GraphOperation operation = (GraphOperation) output.op();
    if (!arriving.containsKey(operation)) {
      open.add(operation);
    }
    arriving.computeIfAbsent(operation, op -> new TreeSet<>()).add(output.index());
  }

  private void walkForward(List<Output<?>> targets) {
    Set<Output<?>> reached = new HashSet<>(targets);
    Deque<Output<?>> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      for (Edge edge : consumers.getOrDefault(open.remove(), List.of())) {
        GraphOperation consumer = edge.consumer();
        if (!arriving.containsKey(consumer)
            || LossPath.stopsGradients(consumer)
            || edge.input() < LossPath.inputsWithoutGradient(consumer)) {
          continue;
        }
        wanted.computeIfAbsent(consumer, op -> new TreeSet<>()).add(edge.input());
        for (int i = 0; i < consumer.numOutputs(); i++) {
          Output<?> next = consumer.output(i);
          if (LossPath.carriesGradient(next) && reached.add(next)) {
            open.add(next);
          }
        }
      }
    }
  }

  private void followEverything(List<Output<?>> targets) {
    Set<GraphOperation> before = new HashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    targets.forEach(target -> open.add((GraphOperation) target.op()));
    while (!open.isEmpty()) {
      GraphOperation operation = open.remove();
      if (!before.add(operation)) {
        continue;
      }
      for (int i = 0; i < operation.numOutputs(); i++) {
        for (Edge edge : consumers.getOrDefault(operation.output(i), List.of())) {
          afterTargets.add(edge.consumer());
          open.add(edge.consumer());
        }
      }
    }
  }

  private List<Output<?>> sources(GraphOperation operation) {
    return inputs.getOrDefault(operation, List.of());
  }
}
