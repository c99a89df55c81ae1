package io.github.tfkfac.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.models.layer.BatchNorm;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.DepthwiseConvolution;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.Layer;
import io.github.tfkfac.models.layer.Network;
import io.github.tfkfac.models.layer.Samples;
import io.github.tfkfac.models.layer.TransposedConvolution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

class PyTorchWeightsTest {

  private static final double TOLERANCE = 1e-12;
  private static final Shape IMAGE = Shape.of(1, 3, 4, 2);
  private static final double[] PIXELS = Samples.uniform(31, IMAGE.size());

  @TempDir Path folder;

  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, double[]> arrays = new LinkedHashMap<>();

  private double[] entry(String name, long... shape) {
    double[] values = Samples.uniform(name.hashCode(), Shape.of(shape).size());
    shapes.put(name, Shape.of(shape));
    arrays.put(name, values);
    return values;
  }

  private PyTorchWeights weights() throws IOException {
    Path file = folder.resolve("weights.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : arrays.keySet()) {
        zip.putNextEntry(new ZipEntry(name + ".npy"));
        zip.write(npy(shapes.get(name), arrays.get(name)));
        zip.closeEntry();
      }
    }
    return PyTorchWeights.read(file);
  }

  private static byte[] npy(Shape shape, double[] values) {
    String sizes =
        Arrays.stream(shape.asArray()).mapToObj(Long::toString).collect(Collectors.joining(","));
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + sizes + ",), }\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + 8 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) header.length());
    bytes.put(header.getBytes(StandardCharsets.US_ASCII));
    Arrays.stream(values).forEach(bytes::putDouble);
    return bytes.array();
  }

  /** One pixel of the test image, in PyTorch's order of indices. */
  private static double pixel(int channel, int row, int column) {
    boolean inside = row >= 0 && row < 3 && column >= 0 && column < 4;
    return inside ? PIXELS[(row * 4 + column) * 2 + channel] : 0;
  }

  private <T extends TNumber> double[] output(Class<T> type, Layer layer) throws IOException {
    try (Network<T> network = new Network<>(type)) {
      Operand<T> output =
          layer.apply(network.inference().in("a").in("b"), network.batch(IMAGE, PIXELS));
      weights().assignTo(network.store, network.session());
      return network.values(output);
    }
  }

  @Test
  void convolutionKernelsAreOutputsInputsHeightWidth() throws IOException {
    double[] kernel = entry("a.b.weight", 5, 2, 3, 3);
    double[] bias = entry("a.b.bias", 5);
    double[] output = output(TFloat64.class, new Convolution(5, 3).withBias(Bias.ZERO_AT_START));
    for (int i = 0; i < output.length; i++) {
      int filter = i % 5;
      double expected = bias[filter];
      for (int k = 0; k < 18; k++) {
        expected +=
            kernel[filter * 18 + k]
                * pixel(k / 9, i / 5 / 4 - 1 + k / 3 % 3, i / 5 % 4 - 1 + k % 3);
      }
      assertThat(output[i]).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @Test
  void depthwiseKernelsAreOutputsOneHeightWidth() throws IOException {
    double[] kernel = entry("a.b.weight", 2, 1, 3, 3);
    double[] output = output(TFloat64.class, new DepthwiseConvolution(3));
    for (int i = 0; i < output.length; i++) {
      double expected = 0;
      for (int k = 0; k < 9; k++) {
        expected +=
            kernel[i % 2 * 9 + k] * pixel(i % 2, i / 2 / 4 - 1 + k / 3, i / 2 % 4 - 1 + k % 3);
      }
      assertThat(output[i]).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @Test
  void denseKernelsBehindAFlattenedImageAreReorderedByRow() throws IOException {
    double[] kernel = entry("a.b.weight", 3, 24);
    double[] bias = entry("a.b.bias", 3);
    double[] output = output(TFloat64.class, new Dense(3));
    for (int unit = 0; unit < 3; unit++) {
      double expected = bias[unit];
      for (int k = 0; k < 24; k++) {
        expected += kernel[unit * 24 + k] * pixel(k / 12, k / 4 % 3, k % 4);
      }
      assertThat(output[unit]).isCloseTo(expected, within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {TFloat32.class, TFloat64.class})
  <T extends TNumber> void batchNormTakesWeightBiasAndRunningMoments(Class<T> type)
      throws IOException {
    double[] gamma = entry("a.b.weight", 2);
    double[] beta = entry("a.b.bias", 2);
    double[] mean = entry("a.b.running_mean", 2);
    double[] variance = entry("a.b.running_var", 2);
    variance[0] = 0.5;
    variance[1] = 3;
    entry("a.b.num_batches_tracked", 1);
    double[] output = output(type, new BatchNorm());
    for (int i = 0; i < output.length; i++) {
      int channel = i % 2;
      double expected =
          gamma[channel] * (PIXELS[i] - mean[channel]) / Math.sqrt(variance[channel] + 1e-5)
              + beta[channel];
      assertThat(output[i]).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void aMissingEntryIsNamed() {
    entry("a.b.weight", 3, 24);
    assertThatThrownBy(() -> output(TFloat32.class, new Dense(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected entry 'a.b.bias'")
        .hasMessageContaining("weights.npz")
        .hasMessageContaining("'a/b/bias'");
  }

  @Test
  void anUnusedEntryIsNamed() {
    entry("a.b.weight", 3, 24);
    entry("a.b.bias", 3);
    entry("a.c.bias", 3);
    assertThatThrownBy(() -> output(TFloat32.class, new Dense(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found none for 1 of them, first 'a.c.bias'");
  }

  @Test
  void aWrongShapeIsNamed() {
    entry("a.b.weight", 4, 24);
    entry("a.b.bias", 4);
    assertThatThrownBy(() -> output(TFloat32.class, new Dense(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected shape [3, 24] of entry 'a.b.weight'")
        .hasMessageContaining("found [4, 24]");
  }

  @Test
  void transposedConvolutionKernelsAreInputsOutputsHeightWidth() throws IOException {
    double[] kernel = entry("a.b.weight", 2, 5, 2, 2);
    double[] bias = entry("a.b.bias", 5);
    double[] output =
        output(TFloat64.class, new TransposedConvolution(5, 2, Initializer.heNormal()));
    for (int i = 0; i < output.length; i++) {
      int filter = i % 5;
      int row = i / 5 / 8;
      int column = i / 5 % 8;
      double expected = bias[filter];
      for (int channel = 0; channel < 2; channel++) {
        expected +=
            kernel[((channel * 5 + filter) * 2 + row % 2) * 2 + column % 2]
                * pixel(channel, row / 2, column / 2);
      }
      assertThat(output[i]).isCloseTo(expected, within(TOLERANCE));
    }
  }

  /** Two dense layers, {@code a/b} and {@code a/c}. */
  private static Network<TFloat64> twoLayers() {
    Network<TFloat64> network = new Network<>(TFloat64.class);
    Operand<TFloat64> image = network.batch(IMAGE, PIXELS);
    new Dense(3).apply(network.inference().in("a").in("b"), image);
    new Dense(3).apply(network.inference().in("a").in("c"), image);
    return network;
  }

  @Test
  void aPartialImportListsWhatItLeft() throws IOException {
    double[] bias = entry("a.b.bias", 3);
    entry("a.d.bias", 3);
    try (Network<TFloat64> network = twoLayers()) {
      PartialImport report = weights().assignMatchingTo(network.store, network.session());
      assertThat(network.values("a/b/bias")).containsExactly(bias);
      assertThat(report.imported()).containsExactly("a/b/bias");
      assertThat(report.missing()).containsExactly("a/b/kernel", "a/c/kernel", "a/c/bias");
      assertThat(report.unused()).containsExactly("a.d.bias");
    }
  }

  @Test
  void aPartialImportRejectsWrongShapesAndForeignWeights() throws IOException {
    entry("a.b.bias", 4);
    try (Network<TFloat64> network = twoLayers()) {
      PyTorchWeights weights = weights();
      assertThatThrownBy(() -> weights.assignMatchingTo(network.store, network.session()))
          .hasMessageContaining("expected shape [3] of entry 'a.b.bias'");
      PyTorchWeights foreign = weights.renamed(name -> "x." + name);
      assertThatThrownBy(() -> foreign.assignMatchingTo(network.store, network.session()))
          .hasMessageContaining("found none for any of its 4");
    }
  }

  @Test
  void oneLayerIsSetAlone() throws IOException {
    double[] bias = entry("b.bias", 3);
    entry("b.weight", 3, 24);
    entry("c.bias", 3);
    PyTorchWeights renamed = weights().renamed(name -> "a." + name);
    try (Network<TFloat64> network = twoLayers()) {
      renamed
          .where(name -> name.startsWith("a.b."))
          .assignTo(network.store, "a/b", network.session());
      assertThat(network.values("a/b/bias")).containsExactly(bias);
      assertThat(network.values("a/c/bias")).containsOnly(0);
      assertThatThrownBy(() -> renamed.assignTo(network.store, "a/b", network.session()))
          .hasMessageContaining("found none for 1 of them, first 'a.c.bias'");
    }
  }

  @Test
  void twoEntriesDoNotGetOneName() throws IOException {
    entry("a", 1);
    entry("b", 1);
    PyTorchWeights weights = weights();
    assertThatThrownBy(() -> weights.renamed(name -> "c"))
        .hasMessageContaining("for the name 'c', found a second one");
  }
}
