package io.github.tfkfac.internal.twolevel;

import io.github.tfkfac.internal.factor.Sums;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.family.TNumber;

/**
 * The sums of products of every two of a list of maps.
 *
 * <p>Maps of equal size form a group: the products of two groups are one matrix product, and every
 * group is sampled once for every size of a smaller group.
 */
final class MapGroups<T extends TNumber> {

  /** Height and width of a map. */
  record Size(long height, long width) implements Comparable<Size> {

    /** Common size of two maps: the smaller height and the smaller width. */
    Size with(Size other) {
      return new Size(Math.min(height, other.height), Math.min(width, other.width));
    }

    long positions() {
      return height * width;
    }

    @Override
    public int compareTo(Size other) {
      int byHeight = Long.compare(height, other.height);
      return byHeight != 0 ? byHeight : Long.compare(width, other.width);
    }
  }

  private final Ops tf;
  private final TreeMap<Size, List<Integer>> members = new TreeMap<>();
  private final Map<Size, Operand<T>> stacks = new HashMap<>();
  private final Map<List<Size>, Operand<T>> sampled = new HashMap<>();

  /**
   * @param maps {@code [N, height, width]} each, N the same for all
   */
  MapGroups(Ops tf, List<Operand<T>> maps) {
    this.tf = tf;
    for (int i = 0; i < maps.size(); i++) {
      members.computeIfAbsent(size(maps.get(i)), size -> new ArrayList<>()).add(i);
    }
    members.forEach(
        (size, indices) -> stacks.put(size, tf.stack(indices.stream().map(maps::get).toList())));
  }

  private static Size size(Operand<?> map) {
    return new Size(map.shape().get(1), map.shape().get(2));
  }

  /** The sums of products over batch and common positions, {@code [L, L]}, in the maps' order. */
  Operand<T> products() {
    List<Size> sizes = List.copyOf(members.keySet());
    Map<List<Size>, Operand<T>> blocks = new HashMap<>();
    List<Operand<T>> bands = new ArrayList<>();
    for (Size first : sizes) {
      List<Operand<T>> band = new ArrayList<>();
      for (Size second : sizes) {
        Operand<T> mirrored = blocks.get(List.of(second, first));
        Operand<T> block =
            mirrored == null
                ? products(first, second)
                : tf.linalg.transpose(mirrored, tf.array(1, 0));
        blocks.put(List.of(first, second), block);
        band.add(block);
      }
      bands.add(Sums.joined(tf, band, 1));
    }
    return inOrder(Sums.joined(tf, bands, 0));
  }

  private Operand<T> products(Size first, Size second) {
    Size common = first.with(second);
    return tf.linalg.matMul(rows(first, common), rows(second, common), MatMul.transposeB(true));
  }

  /** The number of common positions of every two maps, {@code [L, L]} in the maps' order. */
  double[][] positions() {
    List<Size> sizes = new ArrayList<>();
    members.forEach((size, indices) -> indices.forEach(index -> sizes.add(size)));
    List<Integer> order = order();
    double[][] counts = new double[order.size()][order.size()];
    for (int i = 0; i < order.size(); i++) {
      for (int j = 0; j < order.size(); j++) {
        counts[order.get(i)][order.get(j)] = sizes.get(i).with(sizes.get(j)).positions();
      }
    }
    return counts;
  }

  /** Undoes the grouping of rows and columns. */
  private Operand<T> inOrder(Operand<T> grouped) {
    List<Integer> order = order();
    int[] place = new int[order.size()];
    boolean sorted = true;
    for (int i = 0; i < place.length; i++) {
      place[order.get(i)] = i;
      sorted &= order.get(i) == i;
    }
    if (sorted) {
      return grouped;
    }
    return tf.gather(
        tf.gather(grouped, tf.constant(place), tf.constant(0)), tf.constant(place), tf.constant(1));
  }

  private List<Integer> order() {
    return members.values().stream().flatMap(List::stream).toList();
  }

  /** A group's maps at another size, {@code [members, N * positions]}. */
  private Operand<T> rows(Size group, Size size) {
    return sampled.computeIfAbsent(
        List.of(group, size),
        key -> {
          Operand<T> maps = Objects.requireNonNull(stacks.get(group));
          Operand<T> atHeight = sampled(maps, 2, group.height(), size.height());
          Operand<T> atSize = sampled(atHeight, 3, group.width(), size.width());
          return tf.reshape(atSize, tf.array(Math.toIntExact(maps.shape().get(0)), -1));
        });
  }

  /** Nearest neighbors: {@code source = floor(target * big / small)}. */
  private Operand<T> sampled(Operand<T> maps, int dimension, long big, long small) {
    if (big == small) {
      return maps;
    }
    long[] sources = new long[Math.toIntExact(small)];
    for (int target = 0; target < small; target++) {
      sources[target] = target * big / small;
    }
    return tf.gather(maps, tf.constant(sources), tf.constant(dimension));
  }
}
