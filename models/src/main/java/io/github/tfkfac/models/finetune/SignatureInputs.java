package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import io.github.tfkfac.models.text.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TNumber;

/**
 * A signature that takes images and one-hot labels and returns a loss.
 *
 * @param images images to be fed
 * @param labels labels to be fed, {@code [N, classes]}
 * @param loss the loss, a scalar
 */
record SignatureInputs(
    Output<? extends TNumber> images,
    Output<? extends TNumber> labels,
    Output<? extends TNumber> loss) {

  /** The one input of a model's first signature. */
  static Output<? extends TNumber> images(LoadedModel model) {
    LoadedSignature signature = model.signature();
    if (!takesImages(signature)) {
      throw SavedModelException.of(
          where(model, signature),
          "one input of numbers, the images [N, height, width, channels]",
          described(signature.inputs()),
          remedy(signature));
    }
    return numbers(signature.inputs().values()).get(0);
  }

  /** Whether a signature has one input, and that can be images. */
  static boolean takesImages(LoadedSignature signature) {
    List<Output<? extends TNumber>> found = numbers(signature.inputs().values());
    return signature.inputs().size() == 1
        && found.size() == 1
        && found.get(0).shape().numDimensions() > 1;
  }

  private static String described(Map<String, Output<?>> inputs) {
    return Counts.of(inputs.size(), "input")
        + ": "
        + inputs.entrySet().stream()
            .map(
                input ->
                    "'%s' %s %s"
                        .formatted(
                            input.getKey(), input.getValue().dataType(), input.getValue().shape()))
            .collect(Collectors.joining(", "));
  }

  private static String remedy(LoadedSignature signature) {
    boolean texts =
        signature.inputs().values().stream().anyMatch(input -> input.type().equals(TString.class));
    return texts
        ? "export a signature that takes decoded images, and name it if it is not"
            + " serving_default (withSignature, --signature)"
        : "choose a signature that predicts from images alone (withSignature, --signature)";
  }

  /** Images, labels and loss of a training signature. */
  static SignatureInputs of(LoadedModel model, String name, int classes) {
    LoadedSignature signature = model.signature(name);
    List<Output<? extends TNumber>> images = new ArrayList<>();
    List<Output<? extends TNumber>> labels = new ArrayList<>();
    for (Output<? extends TNumber> input : numbers(signature.inputs().values())) {
      Shape shape = input.shape();
      (shape.numDimensions() == 2 && shape.get(1) == classes ? labels : images).add(input);
    }
    List<Output<? extends TNumber>> losses =
        numbers(signature.outputs().values()).stream()
            .filter(output -> output.shape().numDimensions() == 0)
            .filter(output -> TFloating.class.isAssignableFrom(output.type()))
            .toList();
    if (images.size() != 1 || labels.size() != 1 || losses.size() != 1) {
      throw SavedModelException.of(
          where(model, signature),
          "images and one-hot labels [N, " + classes + "] as inputs and one scalar loss",
          described(signature.inputs()) + " and the outputs " + signature.outputs().keySet(),
          "choose another signature for the loss, or none");
    }
    return new SignatureInputs(images.get(0), labels.get(0), losses.get(0));
  }

  private static String where(LoadedModel model, LoadedSignature signature) {
    return model.file().folder() + ", signature '" + signature.spec().name() + "'";
  }

  @SuppressWarnings("unchecked") // tensors can be made of numbers only
  private static List<Output<? extends TNumber>> numbers(Iterable<Output<?>> outputs) {
    List<Output<? extends TNumber>> found = new ArrayList<>();
    for (Output<?> output : outputs) {
      if (InputTensors.canMake(output.type())) {
        found.add((Output<? extends TNumber>) output);
      }
    }
    return found;
  }
}
