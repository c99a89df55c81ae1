package io.github.tfkfac.internal.graph;

import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.GraphVariable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * The variables of a graph that a loss can train, of both kinds ({@code VariableV2} and {@code
 * VarHandleOp}).
 *
 * @param trained variables that will be trained, in graph order
 * @param excluded variables that will not, each with the reason
 */
public record TrainableVariables(List<Trainable<?>> trained, List<Excluded> excluded) {

  /**
   * A variable that will be trained.
   *
   * @param gradientSources outputs whose gradients sum to the variable's gradient: the reference
   *     itself, or each read of a resource on the way to the loss
   */
  public record Trainable<T extends TNumber>(
      GraphVariable<T> variable, List<Output<T>> gradientSources) {

    public Trainable {
      gradientSources = List.copyOf(gradientSources);
    }

    /** The variable's name. */
    public String name() {
      return variable.name();
    }
  }

  /** A variable that is left alone. */
  public record Excluded(String name, Shape shape, String reason) {}

  public TrainableVariables {
    trained = List.copyOf(trained);
    excluded = List.copyOf(excluded);
  }

  /**
   * The trained variables as those of one element type.
   *
   * @throws IllegalStateException naming the first that has another one
   */
  public <T extends TNumber> List<Trainable<T>> trained(Class<T> type) {
    List<Trainable<T>> typed = new ArrayList<>();
    for (Trainable<?> each : trained) {
      if (!each.variable().type().equals(type)) {
        throw new IllegalStateException(
            "expected trained variables of one type, found %s in '%s' and %s in '%s'; exclude one of them with a variable filter"
                .formatted(
                    type.getSimpleName(),
                    trained.get(0).name(),
                    each.variable().type().getSimpleName(),
                    each.name()));
      }
      @SuppressWarnings("unchecked") // the type was just compared
      Trainable<T> same = (Trainable<T>) each;
      typed.add(same);
    }
    return typed;
  }

  /**
   * Finds the variables that the losses train.
   *
   * @param losses the losses, to be added up
   * @param filter which variables may be trained
   * @param state the optimizer's own variables, which are skipped
   * @throws IllegalStateException if there are none, if one has no fixed shape, or if a resource is
   *     read on the way to the loss by an operation without a gradient
   */
  public static TrainableVariables find(
      Graph graph,
      List<? extends Operand<?>> losses,
      VariableFilter filter,
      List<GraphVariable<?>> state) {
    Set<String> own = state.stream().map(GraphVariable::name).collect(Collectors.toSet());
    LossPath path = new LossPath(losses);
    List<Trainable<?>> trained = new ArrayList<>();
    List<Excluded> excluded = new ArrayList<>();
    Iterator<GraphOperation> operations = graph.operations();
    while (operations.hasNext()) {
      GraphOperation operation = operations.next();
      if (isVariable(operation) && !own.contains(operation.name())) {
        Shape shape = operation.attributes().getAttrShape("shape");
        Optional<String> reason = reasonAgainst(operation, path, filter);
        if (reason.isPresent()) {
          excluded.add(new Excluded(operation.name(), shape, reason.get()));
        } else {
          trained.add(trainable(operation, shape, path));
        }
      }
    }
    if (trained.isEmpty()) {
      throw new IllegalStateException(noVariables(excluded));
    }
    return new TrainableVariables(trained, excluded);
  }

  private static Optional<String> reasonAgainst(
      GraphOperation variable, LossPath path, VariableFilter filter) {
    DataType type = variable.attributes().getAttrType("dtype");
    if (type != DataType.DT_FLOAT && type != DataType.DT_DOUBLE) {
      return Optional.of("its type " + type + " is not trained");
    }
    if (variable.attributes().getAttrShape("shape").size() == 0) {
      return Optional.of("it has no entries");
    }
    if (!path.contains(variable)) {
      return Optional.of(path.reasonWithout(variable));
    }
    if (!filter.accepts(variable.name())) {
      return Optional.of(filter.reason(variable.name()));
    }
    return onlyNormalizationStatistic(gradientSources(variable, path), path)
        ? Optional.of("mean or variance of a normalization in inference mode")
        : Optional.empty();
  }

  private static Trainable<?> trainable(GraphOperation operation, Shape shape, LossPath path) {
    if (shape.hasUnknownDimension()) {
      throw new IllegalStateException(
          "variable '%s' has the unknown shape %s; give it a fixed shape when it is created, or exclude it with a variable filter"
              .formatted(operation.name(), shape));
    }
    List<Output<?>> sources = gradientSources(operation, path);
    return operation.attributes().getAttrType("dtype") == DataType.DT_FLOAT
        ? trainable(operation, TFloat32.class, shape, sources)
        : trainable(operation, TFloat64.class, shape, sources);
  }

  @SuppressWarnings("unchecked") // the element type was read from the operation
  private static <T extends TNumber> Trainable<T> trainable(
      GraphOperation operation, Class<T> type, Shape shape, List<Output<?>> sources) {
    Output<?> output = operation.output(0);
    GraphVariable<T> variable =
        operation.type().equals(GraphVariable.REFERENCE)
            ? new GraphVariable.Reference<>((Output<T>) output, type, shape)
            : new GraphVariable.Resource<>(output, type, shape);
    List<Output<T>> typed = new ArrayList<>();
    sources.forEach(source -> typed.add((Output<T>) source));
    return new Trainable<>(variable, typed);
  }

  private static List<Output<?>> gradientSources(GraphOperation variable, LossPath path) {
    if (variable.type().equals(GraphVariable.REFERENCE)) {
      return List.of(variable.output(0));
    }
    List<Output<?>> sources = new ArrayList<>();
    for (Output<?> handle : valueOutputs(List.of(variable.output(0)), path)) {
      for (GraphOperation reader : path.consumers(handle)) {
        if (reader.type().equals("ReadVariableOp")) {
          sources.add(reader.output(0));
        } else if (!reader.type().equals("Identity")) {
          throw new IllegalStateException(
              "expected variable '%s' to be read by ReadVariableOp on the way to the loss, found %s, which passes no gradient on; read the variable first, or exclude it with a variable filter"
                  .formatted(variable.name(), LayerMatch.describe(reader)));
        }
      }
    }
    return sources;
  }

  private static boolean onlyNormalizationStatistic(List<Output<?>> sources, LossPath path) {
    return valueOutputs(sources, path).stream()
        .allMatch(
            value ->
                path.consumers(value).stream()
                    .allMatch(
                        consumer ->
                            consumer.type().equals("Identity") || isStatistic(value, consumer)));
  }

  private static boolean isStatistic(Output<?> value, GraphOperation normalization) {
    return ScaleShiftMatch.isFused(normalization)
        && IntStream.range(0, 3).noneMatch(i -> normalization.input(i).equals(value));
  }

  /** The sources and everything reached from them by identities on the path. */
  static Set<Output<?>> valueOutputs(List<? extends Output<?>> sources, LossPath path) {
    return Reach.from(
        sources,
        value ->
            path.consumers(value).stream()
                .filter(consumer -> consumer.type().equals("Identity"))
                .map(consumer -> consumer.output(0)));
  }

  /** Whether an operation is a variable, of either kind. */
  public static boolean isVariable(GraphOperation operation) {
    return operation.type().equals(GraphVariable.REFERENCE)
        || operation.type().equals(GraphVariable.RESOURCE);
  }

  private static String noVariables(List<Excluded> excluded) {
    String expected = "expected variables that the loss can train, found none; the graph has ";
    return excluded.isEmpty()
        ? expected + "no variables"
        : excluded.stream()
            .limit(10)
            .map(one -> " '" + one.name() + "' (" + one.reason() + ")")
            .collect(Collectors.joining("", expected + excluded.size() + " variables:", ""));
  }
}
