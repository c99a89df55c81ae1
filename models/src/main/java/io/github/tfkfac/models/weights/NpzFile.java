package io.github.tfkfac.models.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Reads a {@code .npz} archive, stored or deflated, of float32, float64, uint8, int32 and int64
 * arrays.
 *
 * <p>Source: NumPy's description of the NPY format, versions 1.0 to 3.0.
 */
public final class NpzFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9,\\s]*)\\)");

  /** NumPy has no arrays of more dimensions. */
  private static final int MOST_DIMENSIONS = 64;

  private static final int LONGEST_QUOTE = 80;

  private NpzFile() {}

  /**
   * All arrays of the archive by name (without {@code .npy}), in its order.
   *
   * @throws UncheckedIOException with a one-line message if the file is missing, damaged, or holds
   *     an array of another type
   */
  public static Map<String, NpyArray> read(Path file) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long packed = 0;
      for (ZipEntry entry : zip.stream().toList()) {
        packed += Math.max(0, entry.getCompressedSize());
        if (packed > Files.size(file)) {
          throw new IOException("arrays that share their bytes");
        }
        String name = entry.getName();
        if (name.endsWith(".npy")) {
          name = name.substring(0, name.length() - ".npy".length());
        }
        arrays.put(name, parse(zip, entry, file + ", array " + name));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new UncheckedIOException(
          file + ": expected a complete .npz archive, found " + e + "; write or copy it again",
          e instanceof IOException broken ? broken : new IOException(e));
    }
    return arrays;
  }

  private static NpyArray parse(ZipFile zip, ZipEntry entry, String where) throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream content = new CheckedInputStream(zip.getInputStream(entry), checksum)) {
      content.transferTo(OutputStream.nullOutputStream());
    }
    if (checksum.getValue() != entry.getCrc()) {
      throw new IOException("a wrong checksum of " + entry.getName());
    }
    try (InputStream content = zip.getInputStream(entry)) {
      return parse(content, where);
    }
  }

  private static NpyArray parse(InputStream in, String where) throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw problem(where, "the magic bytes of an NPY array", "other bytes");
    }
    int version = in.read();
    in.read();
    if (version < 1 || version > 3) {
      throw problem(where, "NPY version 1, 2 or 3", "version " + version);
    }
    int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    byte[] length = in.readNBytes(lengthBytes);
    if (length.length < lengthBytes) {
      throw problem(where, "a complete NPY header", "its beginning");
    }
    ByteBuffer lengthBuffer = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength =
        version == 1 ? Short.toUnsignedInt(lengthBuffer.getShort()) : lengthBuffer.getInt();
    byte[] header = in.readNBytes(Math.max(0, headerLength));
    if (header.length != headerLength) {
      throw problem(where, "a header of " + headerLength + " bytes", header.length + " bytes");
    }
    return array(new String(header, StandardCharsets.UTF_8), in, where);
  }

  private static NpyArray array(String header, InputStream in, String where) throws IOException {
    String descr = field(TYPE, header, where);
    ElementType type = null;
    for (ElementType candidate : ElementType.values()) {
      if (descr.length() == 3 && descr.substring(1).equals(candidate.code)) {
        type = candidate;
      }
    }
    if (type == null) {
      throw problem(where, "element type f4, f8, u1, i4 or i8", "'" + quoted(descr) + "'");
    }
    List<Integer> shape = new ArrayList<>();
    long count = 1;
    for (String size : field(SHAPE, header, where).split(",", -1)) {
      if (!size.isBlank()) {
        if (!size.strip().matches("\\d+") || shape.size() == MOST_DIMENSIONS) {
          throw problem(where, "up to 64 sizes as whole numbers", "'" + quoted(size) + "'");
        }
        long value = size.strip().length() > 10 ? Long.MAX_VALUE : Long.parseLong(size.strip());
        if (value > Integer.MAX_VALUE || count * value > Integer.MAX_VALUE) {
          throw problem(where, "less than 2^31 elements", "a dimension of " + quoted(size));
        }
        shape.add((int) value);
        count *= value;
      }
    }
    long wanted = count * type.bytes;
    if (wanted > Integer.MAX_VALUE - 8L) {
      throw problem(where, "less than 2^31 bytes", wanted + " for shape " + shape);
    }
    byte[] values = in.readNBytes((int) wanted);
    if (wanted != values.length || in.read() >= 0) {
      throw problem(
          where,
          wanted + " bytes for shape " + shape + " of type " + descr,
          wanted == values.length ? "more bytes" : values.length + " bytes");
    }
    boolean columnMajor = field(ORDER, header, where).equals("True");
    ByteOrder byteOrder = descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] rowMajor = columnMajor ? rowMajor(values, shape, type.bytes) : values;
    return new NpyArray(List.copyOf(shape), type, ByteBuffer.wrap(rowMajor).order(byteOrder));
  }

  private static String field(Pattern pattern, String header, String where) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw problem(where, "a header with descr, fortran_order and shape", quoted(header));
    }
    return matcher.group(1);
  }

  private static String quoted(String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "...";
  }

  /** Reorders elements whose first index varies fastest so that the last one does. */
  private static byte[] rowMajor(byte[] values, List<Integer> shape, int elementBytes) {
    byte[] result = new byte[values.length];
    int[] index = new int[shape.size()];
    for (int at = 0; at < values.length; at += elementBytes) {
      int source = 0;
      for (int d = shape.size() - 1; d >= 0; d--) {
        source = source * shape.get(d) + index[d];
      }
      System.arraycopy(values, source * elementBytes, result, at, elementBytes);
      for (int d = shape.size() - 1; d >= 0 && ++index[d] == shape.get(d); d--) {
        index[d] = 0;
      }
    }
    return result;
  }

  private static UncheckedIOException problem(String where, String expected, String found) {
    String message =
        where + ": expected " + expected + ", found " + found + "; write the file again";
    return new UncheckedIOException(message, new IOException(message));
  }

  /** Element type of an array. */
  public enum ElementType {
    FLOAT32("f4", Float.BYTES),
    FLOAT64("f8", Double.BYTES),
    UINT8("u1", Byte.BYTES),
    INT32("i4", Integer.BYTES),
    INT64("i8", Long.BYTES);

    private final String code;
    private final int bytes;

    ElementType(String code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  /**
   * One array.
   *
   * <p><i>Shapes</i>: values in row-major order, whatever order the file had.
   */
  public static final class NpyArray {

    private final List<Integer> shape;
    private final ElementType type;
    private final ByteBuffer values;

    private NpyArray(List<Integer> shape, ElementType type, ByteBuffer values) {
      this.shape = shape;
      this.type = type;
      this.values = values;
    }

    /**
     * A float32 array.
     *
     * @throws IllegalArgumentException if the shape has another number of values
     */
    public static NpyArray of(List<Integer> shape, float[] values) {
      if (shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b)
          != values.length) {
        throw new IllegalArgumentException(
            "expected the values of an array of shape " + shape + ", found " + values.length);
      }
      ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
      bytes.asFloatBuffer().put(values);
      return new NpyArray(List.copyOf(shape), ElementType.FLOAT32, bytes);
    }

    /** Sizes of the dimensions; empty for a scalar. */
    public List<Integer> shape() {
      return shape;
    }

    /** Type of the values. */
    public ElementType type() {
      return type;
    }

    /** Number of values. */
    public int size() {
      return values.capacity() / type.bytes;
    }

    /** The values as float64; exact but for int64 beyond 2^53. */
    public double[] asFloat64() {
      double[] result = new double[size()];
      for (int i = 0; i < result.length; i++) {
        result[i] =
            switch (type) {
              case FLOAT32 -> values.getFloat(i * Float.BYTES);
              case FLOAT64 -> values.getDouble(i * Double.BYTES);
              case UINT8 -> Byte.toUnsignedInt(values.get(i));
              case INT32 -> values.getInt(i * Integer.BYTES);
              case INT64 -> values.getLong(i * Long.BYTES);
            };
      }
      return result;
    }

    /** The values as float32, rounded to nearest. */
    public float[] asFloat32() {
      double[] exact = asFloat64();
      float[] result = new float[exact.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = (float) exact[i];
      }
      return result;
    }

    /**
     * The values of an integer array.
     *
     * @throws IllegalStateException if the array holds floating-point numbers
     */
    public long[] asInt64() {
      if (type == ElementType.FLOAT32 || type == ElementType.FLOAT64) {
        throw new IllegalStateException(
            "expected an integer array, found " + type + "; use asFloat64");
      }
      double[] exact = asFloat64();
      long[] result = new long[size()];
      for (int i = 0; i < result.length; i++) {
        result[i] = type == ElementType.INT64 ? values.getLong(i * Long.BYTES) : (long) exact[i];
      }
      return result;
    }
  }
}
