package io.github.tfkfac.detection.testing;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.models.weights.NpzFile;
import io.github.tfkfac.models.weights.NpzFile.NpyArray;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Numbers of a reference implementation, torchvision 0.14.1. */
public final class Fixture {

  private static final Map<String, Fixture> LOADED = new ConcurrentHashMap<>();

  private final Map<String, NpyArray> arrays;

  private Fixture(Map<String, NpyArray> arrays) {
    this.arrays = arrays;
  }

  /** Single operations. */
  public static Fixture ops() {
    return LOADED.computeIfAbsent("ops", Fixture::load);
  }

  /** A training pass. */
  public static Fixture train() {
    return LOADED.computeIfAbsent("forward_train", Fixture::load);
  }

  /** An inference pass. */
  public static Fixture eval() {
    return LOADED.computeIfAbsent("forward_eval", Fixture::load);
  }

  private static Fixture load(String name) {
    try {
      URI file =
          Objects.requireNonNull(Fixture.class.getResource("/fixtures/" + name + ".npz")).toURI();
      return new Fixture(NpzFile.read(Path.of(file)));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private NpyArray array(String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  public long[] shape(String name) {
    return array(name).shape().stream().mapToLong(Integer::longValue).toArray();
  }

  public float[] floats(String name) {
    return array(name).asFloat32();
  }

  public double[] doubles(String name) {
    return array(name).asFloat64();
  }

  public int[] ints(String name) {
    return Arrays.stream(array(name).asInt64()).mapToInt(Math::toIntExact).toArray();
  }

  public byte[] bytes(String name) {
    int[] values = ints(name);
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  public Boxes boxes(String name) {
    return new Boxes(floats(name));
  }

  /** All boxes of an array. */
  public List<Box> boxList(String name) {
    return list(boxes(name));
  }

  public static List<Box> list(Boxes boxes) {
    List<Box> list = new ArrayList<>();
    for (int i = 0; i < boxes.size(); i++) {
      list.add(boxes.get(i));
    }
    return list;
  }

  /** Values of {@code image} in an array that holds the images' rows one after the other. */
  public float[] floatsOf(int image, String name, String counts) {
    float[] all = floats(name);
    int[] range = range(image, counts, all.length);
    return Arrays.copyOfRange(all, range[0], range[1]);
  }

  /** The same for integers. */
  public int[] intsOf(int image, String name, String counts) {
    int[] all = ints(name);
    int[] range = range(image, counts, all.length);
    return Arrays.copyOfRange(all, range[0], range[1]);
  }

  private int[] range(int image, String counts, int length) {
    int[] rows = ints(counts);
    int width = length / Arrays.stream(rows).sum();
    int start = Arrays.stream(rows, 0, image).sum();
    return new int[] {width * start, width * (start + rows[image])};
  }

  /** Height and width of the resized image without padding. */
  public int[] imageSize(int image) {
    return Arrays.copyOfRange(ints("image_sizes"), 2 * image, 2 * image + 2);
  }
}
