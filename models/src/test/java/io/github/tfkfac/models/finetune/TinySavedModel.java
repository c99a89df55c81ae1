package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Writes a convolution and a dense layer with softmax as a SavedModel. */
public final class TinySavedModel {

  public static final int CLASSES = 3;

  private TinySavedModel() {}

  /** A model of images 8×8×3, with {@code batch} images at a time or, if −1, any number. */
  public static Path write(Path folder, long batch) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      ParameterStore<TFloat32> store = new ParameterStore<>(tf, TFloat32.class, 7);
      Placeholder<TFloat32> images =
          tf.withName("images")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, 8, 8, 3)));
      LayerContext<TFloat32> context = LayerContext.inference(tf, store);
      Operand<TFloat32> hidden =
          tf.nn.relu(
              new Convolution(4, 3)
                  .withStride(2)
                  .withBias(Bias.ZERO_AT_START)
                  .apply(context.in("conv"), images));
      Operand<TFloat32> logits = new Dense(CLASSES).apply(context.in("classes"), hidden);
      Operand<TFloat32> probabilities = tf.nn.softmax(logits);
      try (Session session = new Session(graph)) {
        session.initialize();
        SavedModelBundle.exporter(folder.toString())
            .withSession(session)
            .withSignature(
                Signature.builder()
                    .key("serving_default")
                    .methodName("tensorflow/serving/predict")
                    .input("images", images)
                    .output("probabilities", probabilities)
                    .output("class", tf.math.argMax(probabilities, tf.constant(1)))
                    .build())
            .export();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return folder;
  }
}
