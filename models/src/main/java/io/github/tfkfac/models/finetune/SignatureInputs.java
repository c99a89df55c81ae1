package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * A signature that takes images and one-hot labels and returns a loss.
 *
 * @param images images to be fed
 * @param labels labels to be fed, {@code [N, classes]}
 * @param loss the loss, a scalar
 */
record SignatureInputs(Output<TFloat32> images, Output<TFloat32> labels, Output<TFloat32> loss) {

  /** The one float32 input of a model's first signature. */
  static Output<TFloat32> images(LoadedModel model) {
    LoadedSignature signature = model.signature();
    if (!takesImages(signature)) {
      throw SavedModelException.of(
          where(model, signature),
          "one float32 input, the images",
          "the inputs " + signature.spec().inputs(),
          "choose a signature that predicts from images alone");
    }
    return typed(signature.inputs().values()).get(0);
  }

  /** Whether a signature has one input, and that can be images. */
  static boolean takesImages(LoadedSignature signature) {
    List<Output<TFloat32>> found = typed(signature.inputs().values());
    return signature.inputs().size() == 1
        && found.size() == 1
        && found.get(0).shape().numDimensions() > 1;
  }

  /** Images, labels and loss of a training signature. */
  static SignatureInputs of(LoadedModel model, String name, int classes) {
    LoadedSignature signature = model.signature(name);
    List<Output<TFloat32>> images = new ArrayList<>();
    List<Output<TFloat32>> labels = new ArrayList<>();
    for (Output<TFloat32> input : typed(signature.inputs().values())) {
      Shape shape = input.shape();
      (shape.numDimensions() == 2 && shape.get(1) == classes ? labels : images).add(input);
    }
    List<Output<TFloat32>> losses =
        typed(signature.outputs().values()).stream()
            .filter(output -> output.shape().numDimensions() == 0)
            .toList();
    if (images.size() != 1 || labels.size() != 1 || losses.size() != 1) {
      throw SavedModelException.of(
          where(model, signature),
          "images and one-hot labels [N, " + classes + "] as inputs and one scalar loss",
          "the inputs " + signature.spec().inputs() + " and outputs " + signature.spec().outputs(),
          "choose another signature for the loss, or none");
    }
    return new SignatureInputs(images.get(0), labels.get(0), losses.get(0));
  }

  private static String where(LoadedModel model, LoadedSignature signature) {
    return model.file().folder() + ", signature '" + signature.spec().name() + "'";
  }

  @SuppressWarnings("unchecked") // the type was just compared
  private static List<Output<TFloat32>> typed(Iterable<Output<?>> outputs) {
    List<Output<TFloat32>> found = new ArrayList<>();
    for (Output<?> output : outputs) {
      if (output.type().equals(TFloat32.class)) {
        found.add((Output<TFloat32>) output);
      }
    }
    return found;
  }
}
