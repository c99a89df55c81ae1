package io.github.tfkfac.models.layer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Operands;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/**
 * Owner of every variable of one network in one graph.
 *
 * <p>Asking twice for a name gives the same variable, so that a graph can hold a training pass and
 * an inference pass of one network. Initial values are run by {@code session.initialize()}; they
 * depend on the seed and on the parameter's name only.
 *
 * <p><i>Numerics</i>: float32 or float64, one type for the whole network.
 */
public final class ParameterStore<T extends TNumber> {

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9.][A-Za-z0-9_.\\-]*(/[A-Za-z0-9.][A-Za-z0-9_.\\-]*)*");

  private final Ops init;
  private final Class<T> type;
  private final long seed;
  private final Map<String, Parameter<T>> parameters = new LinkedHashMap<>();
  private final List<Function<Ops, ? extends Op>> updates = new ArrayList<>();

  /**
   * An empty store.
   *
   * @param tf operations at the root of the graph that gets the variables
   * @param type element type of the network, {@code TFloat32.class} or {@code TFloat64.class}
   * @param seed seed of every random number of the network
   */
  public ParameterStore(Ops tf, Class<T> type, long seed) {
    if (!type.equals(TFloat32.class) && !type.equals(TFloat64.class)) {
      throw new IllegalArgumentException(
          "expected TFloat32 or TFloat64 as the element type of a network, found "
              + type.getSimpleName());
    }
    this.init = tf.withSubScope("initial").withInitScope();
    this.type = type;
    this.seed = seed;
  }

  /** Element type of the network. */
  public Class<T> type() {
    return type;
  }

  /** The key of the random draw called {@code name} in this network. */
  public Seed seed(String name) {
    return Seed.of(seed, name);
  }

  /**
   * The parameter called {@code name}: created on the first request, the same one afterwards.
   *
   * @throws IllegalArgumentException if the name was given to a parameter of another shape, meaning
   *     or role, or to another operation of the graph
   */
  public Parameter<T> obtain(
      String name, Shape shape, Axes axes, Parameter.Role role, Initializer initializer) {
    @Nullable Parameter<T> existing = parameters.get(name);
    if (existing == null) {
      Parameter<T> created =
          new Parameter<>(name, createVariable(name, shape, axes, initializer), shape, axes, role);
      parameters.put(name, created);
      return created;
    }
    if (!existing.shape().equals(shape)
        || !existing.axes().equals(axes)
        || existing.role() != role) {
      throw new IllegalArgumentException(
          String.format(
              "expected %s %s with %s for parameter '%s', as it was created, found a request for %s"
                  + " %s with %s: give the second layer its own name",
              existing.role(), existing.shape(), existing.axes(), name, role, shape, axes));
    }
    return existing;
  }

  /** Records an update that belongs to every training step, as a function that builds it. */
  public void addUpdate(Function<Ops, ? extends Op> update) {
    updates.add(update);
  }

  /** All parameters, in the order of their creation. */
  public List<Parameter<T>> parameters() {
    return List.copyOf(parameters.values());
  }

  /** The parameters that an optimizer changes. */
  public List<Parameter<T>> trainables() {
    return withRole(Parameter.Role.TRAINABLE);
  }

  /** The parameters that layers change themselves, as BatchNorm's moving averages. */
  public List<Parameter<T>> statistics() {
    return withRole(Parameter.Role.STATISTIC);
  }

  /**
   * Builds the updates that the training passes recorded; they belong to every training step.
   *
   * @param tf where they are built, which decides when they run
   */
  public List<Op> updates(Ops tf) {
    List<Op> built = new ArrayList<>();
    updates.forEach(update -> built.add(update.apply(tf)));
    return built;
  }

  /** Number of trainable entries. */
  public long trainableCount() {
    return trainables().stream().mapToLong(parameter -> parameter.shape().size()).sum();
  }

  private List<Parameter<T>> withRole(Parameter.Role role) {
    return parameters.values().stream().filter(parameter -> parameter.role() == role).toList();
  }

  private Variable<T> createVariable(String name, Shape shape, Axes axes, Initializer initializer) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "expected a parameter name of letters, digits and . _ - in parts joined by '/', found '"
              + name
              + "'");
    }
    if (shape.hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "expected a known shape for parameter '"
              + name
              + "', found "
              + shape
              + ": give the network's input a fixed height, width and channel count");
    }
    // Not through Ops, whose names are made unique by a suffix: the name must not depend on what
    // else the graph holds.
    Operation operation =
        init.scope()
            .env()
            .opBuilder(Variable.OP_NAME, name, init.scope())
            .setAttr("shape", shape)
            .setAttr("dtype", Operands.toDataType(type))
            .build();
    Variable<T> variable = new Variable<>(operation);
    init.assign(variable, converted(initializer.initialValue(init, shape, axes, seed(name))));
    return variable;
  }

  private Operand<T> converted(Operand<TFloat32> value) {
    return init.dtypes.cast(value, type);
  }
}
