package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.internal.graph.Reach;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;

/**
 * Reverse accumulation over a path: every operation once, after all that is computed from it.
 *
 * <p>Gradients that arrive at one output are added up; an operation at whose outputs none arrives
 * passes none on.
 */
final class BackwardSweep {

  private final Ops tf;
  private final Function<OperationStep, Map<Integer, Operand<?>>> derivative;
  private final Map<GraphOperation, OperationUse> uses = new LinkedHashMap<>();
  private final Map<Output<?>, List<Output<?>>> parts = new HashMap<>();
  private final Map<Output<?>, Output<?>> sums = new HashMap<>();

  /** Prepares a sweep. */
  BackwardSweep(
      Ops tf,
      List<OperationUse> path,
      Function<OperationStep, Map<Integer, Operand<?>>> derivative) {
    this.tf = tf;
    this.derivative = derivative;
    path.forEach(use -> uses.put(use.operation(), use));
  }

  /** Adds a gradient from which the sweep starts. */
  void start(Output<?> output, Output<?> gradient) {
    parts.computeIfAbsent(output, key -> new ArrayList<>()).add(gradient);
  }

  /** Builds the gradients. */
  void run() {
    Map<GraphOperation, Integer> waiting = new HashMap<>();
    for (OperationUse use : uses.values()) {
      for (GraphOperation source : sources(use)) {
        waiting.merge(source, 1, Integer::sum);
      }
    }
    Deque<GraphOperation> ready = new ArrayDeque<>();
    for (GraphOperation operation : uses.keySet()) {
      if (!waiting.containsKey(operation)) {
        ready.add(operation);
      }
    }
    int done = 0;
    while (!ready.isEmpty()) {
      GraphOperation operation = ready.remove();
      OperationUse use = uses.get(operation);
      if (use == null) {
        continue;
      }
      done++;
      step(use);
      for (GraphOperation source : sources(use)) {
        if (waiting.merge(source, -1, Integer::sum) == 0) {
          ready.add(source);
        }
      }
    }
    if (done < uses.size()) {
      throw new GradientException(
          "expected a graph without loops between the losses and the trained variables, found one;"
              + " exclude the variables before it with a VariableFilter (freeze them)");
    }
  }

  /** The gradient of an output once the sweep is done, or nothing if none arrived. */
  @Nullable Output<?> gradient(Output<?> output) {
    List<Output<?>> found = parts.get(output);
    if (found == null) {
      return null;
    }
    return sums.computeIfAbsent(output, key -> sum(found));
  }

  private void step(OperationUse use) {
    Map<Integer, Output<?>> arrived = new TreeMap<>();
    for (int i = 0; i < use.operation().numOutputs(); i++) {
      Output<?> gradient = gradient(use.operation().output(i));
      if (gradient != null) {
        arrived.put(i, gradient);
      }
    }
    if (arrived.isEmpty()) {
      return;
    }
    derivative
        .apply(new OperationStep(tf, use, arrived))
        .forEach(
            (input, gradient) -> {
              if (use.inputs().contains(input)) {
                start(use.operation().input(input), gradient.asOutput());
              }
            });
  }

  private Output<?> sum(List<Output<?>> found) {
    if (found.size() == 1) {
      return found.get(0);
    }
    return tf.scope()
        .opBuilder("AddN", "AddN")
        .addInputList(found.toArray(Output<?>[]::new))
        .build()
        .output(0);
  }

  private static Set<GraphOperation> sources(OperationUse use) {
    return use.inputs().stream()
        .map(input -> Reach.source(use.input(input)))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
