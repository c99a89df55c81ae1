package io.github.tfkfac.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.tensorflow.ndarray.Shape;

/** The arrays of a reference trajectory among the test resources (float64 and int32 only). */
public final class NpzFixture {

  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

  /** An array; integers are widened. */
  public record Array(Shape shape, double[] values) {

    /** The slice at an index of the first dimension. */
    public Array at(int index) {
      int size = values.length / Math.toIntExact(shape.get(0));
      return new Array(
          shape.subShape(1, shape.numDimensions()),
          Arrays.copyOfRange(values, index * size, (index + 1) * size));
    }
  }

  private final Map<String, Array> arrays = new LinkedHashMap<>();

  private NpzFixture() {}

  /** Reads {@code fixtures/<name>.npz}. */
  public static NpzFixture load(String name) {
    NpzFixture fixture = new NpzFixture();
    try (InputStream stream = NpzFixture.class.getResourceAsStream("/fixtures/" + name + ".npz");
        ZipInputStream zip = new ZipInputStream(stream)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        fixture.arrays.put(entry.getName().replace(".npy", ""), read(new DataInputStream(zip)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("fixture " + name, e);
    }
    return fixture;
  }

  public Array get(String key) {
    Array array = arrays.get(key);
    if (array == null) {
      throw new IllegalArgumentException("no array " + key + " among " + arrays.keySet());
    }
    return array;
  }

  public boolean has(String key) {
    return arrays.containsKey(key);
  }

  public Map<String, Array> startingWith(String prefix) {
    Map<String, Array> found = new LinkedHashMap<>();
    arrays.forEach(
        (key, array) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), array);
          }
        });
    return found;
  }

  private static Array read(DataInputStream in) throws IOException {
    byte[] magic = in.readNBytes(8);
    if (magic[6] != 1) {
      throw new IOException("npy version " + magic[6]);
    }
    int length = Short.reverseBytes(in.readShort());
    String header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    Matcher matcher = SHAPE.matcher(header);
    if (!matcher.find()) {
      throw new IOException("no shape in " + header);
    }
    long[] dimensions =
        Arrays.stream(matcher.group(1).split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    Shape shape = Shape.of(dimensions);
    int size = Math.toIntExact(shape.size());
    double[] values = new double[size];
    boolean wide = header.contains("<f8");
    ByteBuffer bytes =
        ByteBuffer.wrap(in.readNBytes(size * (wide ? 8 : 4))).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      values[i] = wide ? bytes.getDouble() : bytes.getInt();
    }
    return new Array(shape, values);
  }
}
