package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.VariableAccess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/** The operations that read a model's variable files into a graph and write new ones. */
final class VariableFiles {

  private final Placeholder<TString> source;
  private final Placeholder<TString> target;
  private final Op restore;
  private final Op save;

  /**
   * A value in the files.
   *
   * @param key its name
   * @param slice part of it, {@code ""} for all
   * @param type element type
   */
  private record Value(String key, String slice, DataType type) {}

  /**
   * Adds the operations to a graph.
   *
   * @param variables the variables that the graph has
   * @param saved all variables
   */
  VariableFiles(
      Graph graph,
      Map<SavedVariable, GraphOperation> variables,
      List<SavedVariable> saved,
      CheckpointIndex checkpoint) {
    Ops tf = Ops.create(graph).withSubScope("saved_model");
    this.source = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    this.target = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    this.restore = restore(tf, variables);
    this.save = save(tf, variables, copied(variables.keySet(), saved, checkpoint));
  }

  private static Value value(SavedVariable variable, String key) {
    return new Value(key, variable.slice(), variable.type());
  }

  /** Values that are in the files and in no variable of the graph. */
  private static List<Value> copied(
      Set<SavedVariable> held, List<SavedVariable> saved, CheckpointIndex checkpoint) {
    List<Value> values = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (SavedVariable variable : saved) {
      boolean isHeld = held.contains(variable);
      if (isHeld || !variable.slice().isEmpty()) {
        keys.addAll(variable.checkpointKeys());
      }
      if (!isHeld && !variable.slice().isEmpty()) {
        values.add(value(variable, variable.checkpointKey()));
      }
    }
    checkpoint
        .entries()
        .forEach(
            (key, entry) -> {
              if (keys.add(key)) {
                values.add(new Value(key, "", entry.type()));
              }
            });
    return values;
  }

  private Op restore(Ops tf, Map<SavedVariable, GraphOperation> variables) {
    List<Value> values = new ArrayList<>();
    List<GraphOperation> operations = new ArrayList<>();
    variables.forEach(
        (variable, operation) -> {
          values.add(value(variable, variable.checkpointKey()));
          operations.add(operation);
        });
    List<Output<?>> restored = read(tf, values);
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      assignments.add(VariableAccess.assign(tf, operations.get(i), restored.get(i)));
    }
    return OrderedOps.group(tf, assignments);
  }

  private Op save(Ops tf, Map<SavedVariable, GraphOperation> variables, List<Value> copied) {
    List<Value> all = new ArrayList<>();
    List<Operand<?>> values = new ArrayList<>();
    variables.forEach(
        (variable, operation) -> {
          Output<?> read = VariableAccess.read(tf, operation);
          for (String key : variable.checkpointKeys()) {
            all.add(value(variable, key));
            values.add(read);
          }
        });
    all.addAll(copied);
    values.addAll(read(tf, copied));
    return all.isEmpty()
        ? tf.noOp()
        : tf.train.save(
            target, strings(tf, all, Value::key), strings(tf, all, Value::slice), values);
  }

  private List<Output<?>> read(Ops tf, List<Value> values) {
    return values.isEmpty()
        ? List.of()
        : VariableAccess.restore(
            tf,
            source,
            strings(tf, values, Value::key),
            strings(tf, values, Value::slice),
            values.stream().map(Value::type).toList());
  }

  private static Operand<TString> strings(
      Ops tf, List<Value> values, Function<Value, String> text) {
    return tf.constant(StandardCharsets.UTF_8, values.stream().map(text).toArray(String[]::new));
  }

  /** Sets the variables of a session to the values in a model's files. */
  void restore(Session session, Path from) {
    try (TString path = TString.scalarOf(from.toString())) {
      session.runner().feed(source, path).addTarget(restore).run().close();
    }
  }

  /** Writes new files with a session's values and, for the rest, those of a model's files. */
  void save(Session session, Path from, Path to) {
    try (TString read = TString.scalarOf(from.toString());
        TString written = TString.scalarOf(to.toString())) {
      session.runner().feed(source, read).feed(target, written).addTarget(save).run().close();
    }
  }

  /** Writes the variables of these names with a session's values, each under its name. */
  static void save(Session session, List<String> names, Path to) {
    Ops tf = Ops.create(session.graph()).withSubScope("saved_model_values");
    Operand<TString> keys = tf.constant(StandardCharsets.UTF_8, names.toArray(new String[0]));
    Operand<TString> slices =
        tf.constant(StandardCharsets.UTF_8, names.stream().map(name -> "").toArray(String[]::new));
    List<Operand<?>> values = new ArrayList<>();
    for (String name : names) {
      values.add(VariableAccess.read(tf, session.graph().operationOrThrow(name)));
    }
    session.run(tf.train.save(tf.constant(to.toString()), keys, slices, values));
  }
}
