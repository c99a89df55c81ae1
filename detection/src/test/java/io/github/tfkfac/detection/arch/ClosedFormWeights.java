package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import io.github.tfkfac.models.weights.PyTorchWeights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights given by a formula of their name and index, so that PyTorch and we can have the same
 * without a file: a 32-bit FNV-1a hash of the name, mixed with the index to a number in [-1, 1).
 */
public final class ClosedFormWeights {

  private static final int FNV_OFFSET = 0x811C9DC5;
  private static final int FNV_PRIME = 16777619;

  /** 13 times 0x85EBCA6B, modulo 2^32. */
  private static final int PHASE_SEED = 0xCCF9476F;

  private ClosedFormWeights() {}

  /**
   * A tensor of the reference network.
   *
   * @param name its name in PyTorch
   * @param shape its shape in PyTorch
   * @param kind what it is
   * @param scale factor of the uniform number
   * @param ends first three and last value
   * @param sum sum of all values
   */
  record Entry(
      String name, List<Integer> shape, String kind, double scale, double[] ends, double sum) {

    static Entry parse(String line) {
      String[] field = line.split(",", -1);
      double[] ends = new double[4];
      for (int i = 0; i < ends.length; i++) {
        ends[i] = field[7 + i].isEmpty() ? Double.NaN : Double.parseDouble(field[7 + i]);
      }
      return new Entry(
          field[0],
          Arrays.stream(field[1].split("x", -1)).map(Integer::valueOf).toList(),
          field[2],
          Double.parseDouble(field[5]),
          ends,
          Double.parseDouble(field[11]));
    }

    float[] values() {
      float[] values = new float[shape.stream().reduce(1, (a, b) -> a * b)];
      int seed = hash(name) ^ PHASE_SEED;
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) value(uniform(seed, i));
      }
      return values;
    }

    private double value(double uniform) {
      return switch (kind) {
        case "weight", "bias", "bn_bias", "bn_mean" -> scale * uniform;
        case "bn_weight" -> 1 + scale * uniform;
        case "bn_var" -> 1 + scale * Math.abs(uniform);
        default -> throw new IllegalStateException(kind);
      };
    }
  }

  /** The tensors that a list beside the tests names. */
  static List<Entry> entries(String file) {
    try {
      return Files.readAllLines(Reference.path(file)).stream().skip(1).map(Entry::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The weights of the tensors that a list beside the tests names. */
  public static PyTorchWeights of(String file) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    for (Entry entry : entries(file)) {
      arrays.put(entry.name(), NpyArray.of(entry.shape(), entry.values()));
    }
    return new PyTorchWeights(file, arrays);
  }

  private static int hash(String name) {
    int hash = FNV_OFFSET;
    for (byte character : name.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash ^ character) * FNV_PRIME;
    }
    return hash;
  }

  private static double uniform(int seed, int index) {
    int x = index * 0x9E3779B9 ^ seed;
    x ^= x >>> 16;
    x *= 0x7FEB352D;
    x ^= x >>> 15;
    x *= 0x846CA68B;
    x ^= x >>> 16;
    return (x >>> 8) / (double) (1 << 23) - 1;
  }
}
