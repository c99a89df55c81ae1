package io.github.tfkfac.internal.worker;

import io.github.tfkfac.Workers;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.VariableAccess;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Sets what every worker updates by its own part of a batch, such as the averages of a
 * normalization, to the mean over the workers. The mean of moving averages is the moving average of
 * the means.
 */
public final class SharedUpdates {

  private static final Map<DataType, Class<? extends TNumber>> TYPES =
      Map.of(DataType.DT_FLOAT, TFloat32.class, DataType.DT_DOUBLE, TFloat64.class);

  private SharedUpdates() {}

  /**
   * Builds what follows the updates.
   *
   * @param updates assignments, or groups of them
   * @return the assignments of the means to the floating-point variables that they assign
   */
  public static List<Op> means(Ops tf, Workers workers, List<? extends Op> updates) {
    Map<DataType, List<GraphOperation>> byType = new LinkedHashMap<>();
    if (!workers.isAlone()) {
      for (GraphOperation variable : assigned(updates)) {
        byType
            .computeIfAbsent(variable.attributes().getAttrType("dtype"), type -> new ArrayList<>())
            .add(variable);
      }
    }
    Ops after = OrderedOps.after(tf, updates);
    List<Op> means = new ArrayList<>();
    byType.forEach(
        (type, variables) -> {
          if (TYPES.containsKey(type)) {
            means.addAll(typed(after, workers, variables));
          }
        });
    return means;
  }

  @SuppressWarnings("unchecked") // all variables are of one type
  private static <T extends TNumber> List<Op> typed(
      Ops tf, Workers workers, List<GraphOperation> variables) {
    List<Operand<T>> own = new ArrayList<>();
    variables.forEach(variable -> own.add((Operand<T>) VariableAccess.read(tf, variable)));
    List<Operand<T>> means = workers.means(tf, own);
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      assignments.add(VariableAccess.assign(tf, variables.get(i), means.get(i).asOutput()));
    }
    return assignments;
  }

  /** The variables that the updates assign, in the order of the updates. */
  private static Set<GraphOperation> assigned(List<? extends Op> updates) {
    Set<GraphOperation> variables = new LinkedHashSet<>();
    Set<GraphOperation> seen = new LinkedHashSet<>();
    Deque<GraphOperation> open = new ArrayDeque<>();
    updates.forEach(update -> open.add((GraphOperation) update.op()));
    while (!open.isEmpty()) {
      GraphOperation next = open.remove();
      if (!seen.add(next)) {
        continue;
      }
      if (next.type().startsWith("Assign")) {
        variables.add(variable(next));
      } else if (next.type().equals("NoOp")) {
        next.controlInputs().stream()
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .forEach(open::add);
      }
    }
    variables.removeIf(operation -> !VariableAccess.isVariable(operation));
    return variables;
  }

  private static GraphOperation variable(GraphOperation assignment) {
    GraphOperation place = (GraphOperation) assignment.input(0).op();
    while (place.type().equals("Identity")) {
      place = (GraphOperation) place.input(0).op();
    }
    return place;
  }
}
