package io.github.tfkfac.models.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Signatures that draw random numbers or keep counts, against TensorFlow-Java's own loader. */
class RandomDrawsTest {

  private static final int CALLS = 4;
  private static final int EXAMPLES = 6;

  @TempDir Path folder;

  /** The same operations in the same order; their sums may be ordered otherwise. */
  private static final double SAME = 1e-4;

  @ParameterizedTest
  @CsvSource({
    "six_draws, 5",
    "random_erasing, 8x8x3",
    "augmentation, 8x8x3",
    "active_dropout, 5",
    "active_dropout_images, 4x4x3",
    "shared_dropout, 5",
    "generator_and_count, 5"
  })
  void everyCallComputesWhatTheSavedFunctionComputes(String name, String features) {
    Path source = ModelArchive.unpack(name, folder);
    long[] shape = shape(features);
    try (TFloat32 input = input(shape)) {
      List<double[]> expected = bundle(source, input);
      List<double[]> found = new ArrayList<>();
      try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE);
          Session session = new Session(model.graph())) {
        model.restore(session);
        LoadedSignature signature = model.signature();
        for (int i = 0; i < CALLS; i++) {
          Session.Runner call =
              session
                  .runner()
                  .feed(signature.inputs().values().iterator().next(), input)
                  .fetch(signature.outputs().values().iterator().next());
          signature.sideEffects().ifPresent(call::addTarget);
          try (Result result = call.run()) {
            found.add(values((TFloat32) result.get(0)));
          }
        }
      }
      for (int i = 0; i < CALLS; i++) {
        assertThat(found.get(i))
            .as("call %d", i + 1)
            .usingComparatorWithPrecision(SAME)
            .containsExactly(expected.get(i));
        if (i > 0) {
          assertThat(found.get(i)).isNotEqualTo(found.get(0));
        }
      }
    }
  }

  private static List<double[]> bundle(Path source, TFloat32 input) {
    List<double[]> calls = new ArrayList<>();
    try (SavedModelBundle bundle = SavedModelBundle.load(source.toString(), "serve")) {
      SignatureSpec spec = SavedModelFile.read(source).signature(SavedModelFile.DEFAULT_SIGNATURE);
      for (int i = 0; i < CALLS; i++) {
        try (Result result =
            bundle
                .session()
                .runner()
                .feed(spec.inputs().values().iterator().next().tensor(), input)
                .fetch(spec.outputs().values().iterator().next().tensor())
                .run()) {
          calls.add(values((TFloat32) result.get(0)));
        }
      }
    }
    return calls;
  }

  private static long[] shape(String features) {
    String[] sizes = features.split("x", -1);
    long[] shape = new long[sizes.length + 1];
    shape[0] = EXAMPLES;
    for (int i = 0; i < sizes.length; i++) {
      shape[i + 1] = Long.parseLong(sizes[i]);
    }
    return shape;
  }

  private static TFloat32 input(long[] shape) {
    float[] values = new float[Math.toIntExact(Shape.of(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 % 101) / 25f;
    }
    return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
  }

  private static double[] values(TFloat32 tensor) {
    List<Double> values = new ArrayList<>();
    tensor.scalars().forEach(scalar -> values.add((double) scalar.getFloat()));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
