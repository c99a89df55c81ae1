package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TNumber;

/**
 * Writes SavedModels of dense layers over the pixels of images, with outputs of all kinds.
 *
 * @param input element type of the images
 * @param type element type of the network
 * @param images shape of the images
 */
record SmallModel<T extends TNumber>(Class<? extends TNumber> input, Class<T> type, Shape images) {

  static final Shape IMAGES = Shape.of(-1, 8, 8, 3);
  private static final long SEED = 5;

  /** What outputs are made of. */
  record Parts<T extends TNumber>(Ops tf, Operand<T> pixels, ParameterStore<T> store) {

    /** A dense layer over the pixels. */
    Operand<T> dense(String name, int units) {
      return new Dense(units).apply(LayerContext.inference(tf, store).in(name), pixels);
    }
  }

  static <T extends TNumber> SmallModel<T> of(Class<T> type) {
    return new SmallModel<>(type, type, IMAGES);
  }

  /** Writes a model with the given outputs; pixels are divided by 255 for whole numbers. */
  Path write(Path folder, Function<Parts<T>, Map<String, Operand<?>>> outputs) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<? extends TNumber> fed =
          tf.withName("images").placeholder(input, Placeholder.shape(images));
      Operand<T> numbers = tf.dtypes.cast(fed, type);
      Operand<T> scaled =
          InputTensors.isWhole(input)
              ? tf.math.div(numbers, tf.dtypes.cast(tf.constant(255), type))
              : numbers;
      long pixels = images.get(1) * images.get(2) * images.get(3);
      ParameterStore<T> store = new ParameterStore<>(tf, type, SEED);
      Signature.Builder signature =
          Signature.builder()
              .key("serving_default")
              .methodName("tensorflow/serving/predict")
              .input("images", fed);
      outputs
          .apply(new Parts<>(tf, tf.reshape(scaled, tf.array(-1L, pixels)), store))
          .forEach(signature::output);
      try (Session session = new Session(graph)) {
        session.initialize();
        SavedModelBundle.exporter(folder.toString())
            .withSession(session)
            .withSignature(signature.build())
            .export();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }
}
