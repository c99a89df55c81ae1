package io.github.tfkfac.models.weights;

import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.npz.NpzFile;
import io.github.tfkfac.models.npz.NpzFile.NpyArray;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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
 * width, channel).
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

  /**
   * Sets every parameter of a network, after its other initial values.
   *
   * @throws IllegalArgumentException if a parameter has no entry, an entry no parameter, or the
   *     shapes of the two do not match; then nothing is changed
   */
  public <T extends TNumber> void assignTo(ParameterStore<T> store, Session session) {
    Set<String> unused = new LinkedHashSet<>(arrays.keySet());
    unused.removeIf(name -> name.endsWith(COUNTER));
    for (Parameter<T> parameter : store.parameters()) {
      checkShape(parameter, entry(parameter));
      unused.remove(entryName(parameter));
    }
    if (!unused.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "expected a parameter for every entry of %s, found none for %d of them, first '%s':"
                  + " build the architecture that the weights belong to",
              source, unused.size(), unused.stream().sorted().findFirst().orElseThrow()));
    }
    try (Assignment<T> assignment = new Assignment<>(store.type(), session)) {
      for (Parameter<T> parameter : store.parameters()) {
        double[] values = entry(parameter).asFloat64();
        assignment.add(parameter, PyTorchLayout.of(parameter).reorder(values));
      }
      assignment.run();
    }
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
