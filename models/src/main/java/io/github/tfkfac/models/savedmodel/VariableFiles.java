package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.state.GraphVariable;
import io.github.tfkfac.state.OrderedOps;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

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
   * @param variable the variable that holds it; others are copied from file to file
   */
  private record Value(
      String key, String slice, DataType type, Optional<GraphVariable<?>> variable) {}

  /** Adds the operations to a graph. */
  VariableFiles(
      Graph graph,
      Map<SavedVariable, GraphVariable<?>> variables,
      List<SavedVariable> saved,
      CheckpointIndex checkpoint) {
    Ops tf = Ops.create(graph).withSubScope("saved_model");
    this.source = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    this.target = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    List<Value> all = values(variables, saved, checkpoint);
    List<Value> held = all.stream().filter(value -> value.variable().isPresent()).toList();
    List<Value> copied = all.stream().filter(value -> value.variable().isEmpty()).toList();
    this.restore = restore(tf, held);
    this.save = save(tf, held, copied);
  }

  private static List<Value> values(
      Map<SavedVariable, GraphVariable<?>> variables,
      List<SavedVariable> saved,
      CheckpointIndex checkpoint) {
    List<Value> values = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (SavedVariable variable : saved) {
      Optional<GraphVariable<?>> held = Optional.ofNullable(variables.get(variable));
      if (held.isPresent() || !variable.slice().isEmpty()) {
        keys.add(variable.checkpointKey());
        values.add(new Value(variable.checkpointKey(), variable.slice(), variable.type(), held));
      }
    }
    checkpoint
        .entries()
        .forEach(
            (key, entry) -> {
              if (keys.add(key)) {
                values.add(new Value(key, "", entry.type(), Optional.empty()));
              }
            });
    return values;
  }

  private Op restore(Ops tf, List<Value> held) {
    List<Output<?>> values = read(tf, held);
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      assignments.add(assign(tf, held.get(i).variable().orElseThrow(), values.get(i)));
    }
    return OrderedOps.group(tf, assignments);
  }

  private Op save(Ops tf, List<Value> held, List<Value> copied) {
    List<Value> all = new ArrayList<>(held);
    all.addAll(copied);
    if (all.isEmpty()) {
      return tf.noOp();
    }
    List<Operand<?>> values = new ArrayList<>();
    held.forEach(value -> values.add(value.variable().orElseThrow().read(tf)));
    values.addAll(read(tf, copied));
    return tf.train.save(
        target, strings(tf, all, Value::key), strings(tf, all, Value::slice), values);
  }

  private List<Output<?>> read(Ops tf, List<Value> values) {
    if (values.isEmpty()) {
      return List.of();
    }
    List<Class<? extends TType>> types = new ArrayList<>();
    values.forEach(value -> types.add(ModelVariables.type(value.type())));
    return tf.train
        .restore(source, strings(tf, values, Value::key), strings(tf, values, Value::slice), types)
        .tensors();
  }

  @SuppressWarnings("unchecked") // a restored value has its variable's type
  private static <T extends TType> Op assign(Ops tf, GraphVariable<T> variable, Operand<?> value) {
    return variable.assign(tf, (Operand<T>) value);
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
      values.add(ModelVariables.of(session.graph().operationOrThrow(name)).read(tf));
    }
    session.run(tf.train.save(tf.constant(to.toString()), keys, slices, values));
  }
}
