package io.github.tfkfac.models.weights;

import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;
import org.tensorflow.types.family.TNumber;

/**
 * Weights of a PyTorch network, as {@code numpy.savez} writes its state dictionary.
 *
 * <p>The parameter {@code layer1/0/conv1/kernel} takes entry {@code layer1.0.conv1.weight}; of a
 * BatchNorm, {@code gamma}, {@code beta}, {@code moving_mean} and {@code moving_variance} take
 * {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}. Kernels change from
 * [out, in, height, width] to [height, width, in, out] and from [out, in] to [in, out]; a dense
 * kernel behind a flattened image has its rows reordered from (channel, height, width) to (height,
 * width, channel), and the kernel of a transposed convolution changes from [in, out, height, width]
 * to [height, width, out, in].
 *
 * @param source name for messages
 * @param arrays entries by name; {@code num_batches_tracked}, a counter, is ignored
 */
public record PyTorchWeights(String source, Map<String, NpyArray> arrays) {

  private static final String COUNTER = "num_batches_tracked";
  private static final Map<String, String> LEAF_NAMES =
      Map.of(
          "kernel", "weight",
          "bias", "bias",
          "gamma", "weight",
          "beta", "bias",
          "moving_mean", "running_mean",
          "moving_variance", "running_var");

  public PyTorchWeights {
    arrays = Map.copyOf(arrays);
  }

  /** Reads an {@code .npz} file. */
  public static PyTorchWeights read(Path file) {
    return new PyTorchWeights(file.toString(), NpzFile.read(file));
  }

  /** The entries whose names {@code names} accepts. */
  public PyTorchWeights where(Predicate<String> names) {
    Map<String, NpyArray> chosen = new LinkedHashMap<>(arrays);
    chosen.keySet().removeIf(name -> !names.test(name));
    return new PyTorchWeights(source, chosen);
  }

  /**
   * The entries under other names.
   *
   * @throws IllegalArgumentException if two entries get the same name
   */
  public PyTorchWeights renamed(UnaryOperator<String> naming) {
    Map<String, NpyArray> renamed = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          String newName = naming.apply(name);
          if (renamed.put(newName, array) != null) {
            throw new IllegalArgumentException(
                String.format(
                    "expected one entry of %s for the name '%s', found a second one, '%s': remove"
                        + " one of them",
                    source, newName, name));
          }
        });
    return new PyTorchWeights(source, renamed);
  }

  /**
   * Sets every parameter of a network, after its other initial values.
   *
   * @throws IllegalArgumentException if a parameter has no entry, an entry no parameter, or the
   *     shapes of the two do not match; then nothing is changed
   */
  public <T extends TNumber> void assignTo(ParameterStore<T> store, Session session) {
    assignAll(store.parameters(), session);
  }

  /**
   * Sets every parameter below a layer and leaves the others.
   *
   * @param path the layer, for instance {@code backbone/body}
   * @throws IllegalArgumentException as for the whole network
   */
  public <T extends TNumber> void assignTo(ParameterStore<T> store, String path, Session session) {
    List<Parameter<T>> below =
        store.parameters().stream()
            .filter(parameter -> parameter.name().startsWith(path + "/"))
            .toList();
    assignAll(below, session);
  }

  /**
   * Sets the parameters that have an entry and leaves the others.
   *
   * @return what was set and what was left
   * @throws IllegalArgumentException if there is no such parameter, or the shapes of a parameter
   *     and its entry do not match; then nothing is changed
   */
  public <T extends TNumber> PartialImport assignMatchingTo(
      ParameterStore<T> store, Session session) {
    Map<Boolean, List<Parameter<T>>> byEntry =
        store.parameters().stream()
            .collect(
                Collectors.partitioningBy(parameter -> arrays.containsKey(entryName(parameter))));
    List<Parameter<T>> matching = byEntry.getOrDefault(true, List.of());
    if (matching.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "expected entries of %s for parameters of the network, found none for any of its %d:"
                  + " compare their names",
              source, store.parameters().size()));
    }
    matching.forEach(parameter -> checkShape(parameter, entry(parameter)));
    set(matching, session);
    return new PartialImport(
        names(matching), names(byEntry.getOrDefault(false, List.of())), unused(matching));
  }

  private <T extends TNumber> void assignAll(List<Parameter<T>> parameters, Session session) {
    parameters.forEach(parameter -> checkShape(parameter, entry(parameter)));
    List<String> unused = unused(parameters);
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "expected a parameter for every entry of %s, found none for %d of them, first '%s':"
                  + " build the architecture that the weights belong to",
              source, unused.size(), unused.get(0)));
    }
    set(parameters, session);
  }

  private <T extends TNumber> void set(List<Parameter<T>> parameters, Session session) {
    try (Assignment<T> assignment = new Assignment<>(session)) {
      for (Parameter<T> parameter : parameters) {
        double[] values = entry(parameter).asFloat64();
        assignment.add(parameter, PyTorchLayout.of(parameter).reorder(values));
      }
      assignment.run();
    }
  }

  /** Entries of no parameter, in alphabetical order. */
  private List<String> unused(List<? extends Parameter<?>> parameters) {
    Set<String> unused = new TreeSet<>(arrays.keySet());
    unused.removeIf(name -> name.endsWith(COUNTER));
    parameters.forEach(parameter -> unused.remove(entryName(parameter)));
    return List.copyOf(unused);
  }

  private static List<String> names(List<? extends Parameter<?>> parameters) {
    return parameters.stream().map(Parameter::name).toList();
  }

  /** The entry that a parameter takes its values from. */
  static String entryName(Parameter<?> parameter) {
    String name = parameter.name();
    int leaf = name.lastIndexOf('/') + 1;
    String leafName = name.substring(leaf);
    return name.substring(0, leaf).replace('/', '.') + LEAF_NAMES.getOrDefault(leafName, leafName);
  }

  private NpyArray entry(Parameter<?> parameter) {
    String name = entryName(parameter);
    @Nullable NpyArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          String.format(
              "expected entry '%s' in %s for parameter '%s', found none: build the architecture that"
                  + " the weights belong to",
              name, source, parameter.name()));
    }
    return array;
  }

  private void checkShape(Parameter<?> parameter, NpyArray array) {
    PyTorchLayout layout = PyTorchLayout.of(parameter);
    if (!array.shape().equals(layout.shape())) {
      throw new IllegalArgumentException(
          String.format(
              "expected shape %s of entry '%s' in %s for parameter '%s', found %s: build the"
                  + " architecture, class count and image size that the weights belong to",
              layout.shape(), entryName(parameter), source, parameter.name(), array.shape()));
    }
  }
}
