package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.models.data.Cifar;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.MnistIdx;
import io.github.tfkfac.models.data.RealData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Networks that others trained and saved, with the outputs that TensorFlow itself computes. */
enum RealModel {
  RESNET("cifar10_resnet32_tf1.8", "serving_default", "input", "probabilities", 34, 1),
  CIFAR_CNN("cifar10_cnn_keras_tf2.12", "serving_default", "conv2d_input", "dense_1", 3, 2),
  MNIST_CNN("mnist_cnn_keras_tf2.2", "serving_default", "conv2d_input", "dense_1", 2, 2),
  MNIST_DENSE("mnist_dense_train_signatures_tf2.15", "infer", "x", "logits", 0, 2);

  static final int REFERENCE_EXAMPLES = 16;
  private static final int FIXED_BATCH = 128;

  final String folder;
  final String signature;
  final String input;
  final String output;
  final int convolutions;
  final int denseLayers;

  RealModel(
      String folder,
      String signature,
      String input,
      String output,
      int convolutions,
      int denseLayers) {
    this.folder = folder;
    this.signature = signature;
    this.input = input;
    this.output = output;
    this.convolutions = convolutions;
    this.denseLayers = denseLayers;
  }

  Path path() {
    return path(folder);
  }

  static Path path(String folder) {
    return RealData.folder("saved_models").resolve(folder);
  }

  LoadedModel open() {
    return LoadedModel.open(path(), signature);
  }

  int batch() {
    return this == RESNET ? FIXED_BATCH : REFERENCE_EXAMPLES;
  }

  /** The first test images, scaled as the network was trained. */
  TFloat32 images() {
    ImageDataset images =
        this == RESNET || this == CIFAR_CNN
            ? Cifar.cifar10Test(RealData.folder("cifar-10-batches-bin"))
            : MnistIdx.test(RealData.folder("mnist"));
    int size = images.shape().height() * images.shape().width() * images.shape().channels();
    float[] values = new float[batch() * size];
    for (int i = 0; i < REFERENCE_EXAMPLES; i++) {
      float[] image = scaled(images.image(i));
      System.arraycopy(image, 0, values, i * size, size);
    }
    Shape shape =
        this == MNIST_DENSE
            ? Shape.of(batch(), 28, 28)
            : Shape.of(
                batch(),
                images.shape().height(),
                images.shape().width(),
                images.shape().channels());
    return TFloat32.tensorOf(shape, DataBuffers.of(values));
  }

  private float[] scaled(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Byte.toUnsignedInt(pixels[i]);
    }
    double mean = 0;
    double scale = 255;
    if (this == RESNET) {
      for (float value : values) {
        mean += value / values.length;
      }
      double variance = 0;
      for (float value : values) {
        variance += (value - mean) * (value - mean) / values.length;
      }
      scale = Math.max(Math.sqrt(variance), 1 / Math.sqrt(values.length));
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((values[i] - mean) / scale);
    }
    return values;
  }

  /** How many variables there are of each kind. */
  Map<VariableKind, Long> kinds() {
    return switch (this) {
      case RESNET ->
          Map.of(
              VariableKind.TRAINABLE,
              98L,
              VariableKind.MOVING_STATISTIC,
              62L,
              VariableKind.OTHER,
              1L);
      case CIFAR_CNN ->
          Map.of(
              VariableKind.TRAINABLE, 10L,
              VariableKind.OPTIMIZER_SLOT, 20L,
              VariableKind.METRIC, 4L,
              VariableKind.OTHER, 2L);
      case MNIST_CNN ->
          Map.of(
              VariableKind.TRAINABLE, 8L,
              VariableKind.OPTIMIZER_SLOT, 16L,
              VariableKind.METRIC, 4L,
              VariableKind.OTHER, 5L);
      case MNIST_DENSE ->
          Map.of(
              VariableKind.TRAINABLE, 4L, VariableKind.OPTIMIZER_SLOT, 4L, VariableKind.OTHER, 2L);
    };
  }

  /** TensorFlow's own outputs for the first images, row by row. */
  double[] expected() {
    try {
      List<String> lines =
          Files.readAllLines(RealData.folder("saved_models").resolve(folder + ".expected.csv"));
      return lines.stream()
          .flatMap(line -> Arrays.stream(line.split(",")))
          .mapToDouble(Double::parseDouble)
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
