package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.models.weights.NpzFile;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arrays that PyTorch 1.13 and torchvision 0.14 computed; layouts are PyTorch's.
 *
 * @param name file name
 * @param arrays arrays by key
 */
public record Reference(String name, Map<String, NpyArray> arrays) {

  /** Reads one of the files beside the tests. */
  public static Reference read(String name) {
    return new Reference(name, NpzFile.read(path(name)));
  }

  /** Where a file beside the tests is. */
  public static Path path(String name) {
    try {
      URI resource =
          Objects.requireNonNull(Reference.class.getResource("/fixtures/" + name), name).toURI();
      return Path.of(resource);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public NpyArray array(String key) {
    @Nullable NpyArray array = arrays.get(key);
    return Objects.requireNonNull(array, () -> "no array " + key + " in " + name);
  }

  public double[] values(String key) {
    return array(key).asFloat64();
  }

  public List<Integer> shape(String key) {
    return arrays.containsKey(key)
        ? array(key).shape()
        : Layout.integers(array(key + ".shape").asInt64());
  }

  /**
   * Compares with a whole or a sampled array.
   *
   * @param actual values in PyTorch's order
   * @param tolerance largest difference, as a share of the largest magnitude
   */
  public void check(String key, double[] actual, double tolerance) {
    assertThat(actual).as(key).hasSize(shape(key).stream().reduce(1, (a, b) -> a * b));
    if (arrays.containsKey(key)) {
      double[] expected = values(key);
      checkEntries(key, actual, expected, null, tolerance * largest(expected));
      return;
    }
    double[] stats = values(key + ".stats");
    double allowed = tolerance * Math.max(Math.abs(stats[3]), Math.abs(stats[4]));
    checkEntries(key, actual, values(key + ".val"), array(key + ".idx").asInt64(), allowed);
    double magnitude = 0;
    double squares = 0;
    for (double value : actual) {
      magnitude += Math.abs(value);
      squares += value * value;
    }
    assertThat(Math.abs(magnitude - stats[1])).as(key).isLessThanOrEqualTo(tolerance * stats[1]);
    assertThat(Math.abs(squares - stats[2])).as(key).isLessThanOrEqualTo(tolerance * stats[2]);
  }

  private static void checkEntries(
      String key, double[] actual, double[] expected, long @Nullable [] indices, double allowed) {
    for (int i = 0; i < expected.length; i++) {
      int at = indices == null ? i : Math.toIntExact(indices[i]);
      assertThat(Math.abs(actual[at] - expected[i]))
          .as("%s, entry %d: found %s, expected %s", key, at, actual[at], expected[i])
          .isLessThanOrEqualTo(allowed);
    }
  }

  private static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
