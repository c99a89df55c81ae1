package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/** Finds the logits of a classifier and the layer that makes them. */
final class Logits {

  static final String SOFTMAX = "Softmax";
  static final String ARG_MAX = "ArgMax";

  private static final Set<String> PASSED = Set.of("Identity", SOFTMAX, ARG_MAX);
  private static final Set<String> ADDITIONS = Set.of("BiasAdd", "Add", "AddV2");

  private Logits() {}

  /**
   * The tensor {@code [N, classes]} before the softmax: the named one, or the one that all outputs
   * of the first signature come from by softmax and the place of the largest.
   *
   * @throws SavedModelException if there is none, or more than one
   */
  static Output<TFloat32> of(LoadedModel model, Optional<String> name) {
    if (name.isPresent()) {
      return typed(model, name.get(), model.tensor(name.get()));
    }
    return of(model, model.signature());
  }

  /**
   * The tensor that all outputs of a signature come from.
   *
   * @throws SavedModelException if there is none, or more than one
   */
  static Output<TFloat32> of(LoadedModel model, LoadedSignature signature) {
    Set<Output<?>> found = found(signature);
    if (found.size() != 1) {
      throw SavedModelException.of(
          model.file().folder() + ", signature '" + signature.spec().name() + "'",
          "outputs that come from one tensor of logits [N, classes]",
          found.isEmpty()
              ? "none among " + signature.outputs().keySet()
              : found.size() + " tensors",
          "name the tensor of the logits");
    }
    Output<?> logits = found.iterator().next();
    return typed(model, logits.op().name(), logits);
  }

  /** Whether all outputs of a signature come from one tensor of logits. */
  static boolean exist(LoadedSignature signature) {
    return found(signature).size() == 1;
  }

  private static Set<Output<?>> found(LoadedSignature signature) {
    Set<Output<?>> found = new LinkedHashSet<>();
    signature.outputs().values().forEach(output -> found.add(beforeSoftmax(output)));
    found.removeIf(output -> !isMatrix(output));
    return found;
  }

  /**
   * The operations that make an output of logits, the first first; empty if others than softmax and
   * the place of the largest take part.
   */
  static Optional<List<GraphOperation>> steps(Output<TFloat32> logits, Output<?> output) {
    List<GraphOperation> steps = new ArrayList<>();
    Output<?> tensor = output;
    while (!tensor.equals(logits)) {
      GraphOperation operation = (GraphOperation) tensor.op();
      if (!PASSED.contains(operation.type())) {
        return Optional.empty();
      }
      steps.add(0, operation);
      tensor = operation.input(0);
    }
    return Optional.of(steps);
  }

  private static boolean isMatrix(Output<?> output) {
    return output.type().equals(TFloat32.class)
        && output.shape().numDimensions() == 2
        && output.shape().get(1) > 1;
  }

  private static Output<?> beforeSoftmax(Output<?> output) {
    Output<?> tensor = output;
    while (PASSED.contains(tensor.op().type())) {
      tensor = ((GraphOperation) tensor.op()).input(0);
    }
    return tensor;
  }

  @SuppressWarnings("unchecked") // the type was just compared
  private static Output<TFloat32> typed(LoadedModel model, String name, Output<?> output) {
    if (!isMatrix(output)) {
      throw SavedModelException.of(
          model.file().folder() + ", tensor '" + name + "'",
          "float32 logits [N, classes] with a known number of classes",
          output.type().getSimpleName() + " " + output.shape(),
          "name the tensor of the logits");
    }
    return (Output<TFloat32>) output;
  }

  /**
   * The input of the dense layer that makes the logits.
   *
   * @throws SavedModelException if no dense layer makes them
   */
  static Operand<TFloat32> features(LoadedModel model, Output<TFloat32> logits) {
    GraphOperation layer = (GraphOperation) beforeSoftmax(logits).op();
    if (ADDITIONS.contains(layer.type())) {
      layer = (GraphOperation) layer.input(0).op();
    }
    if (!layer.type().equals("MatMul")) {
      throw SavedModelException.of(
          model.file().folder() + ", tensor '" + logits.op().name() + "'",
          "logits made by a dense layer, which a new head can replace",
          "the operation " + layer.type() + " '" + layer.name() + "'",
          "train the model's own head, or name another tensor of logits");
    }
    @SuppressWarnings("unchecked") // a matrix product has one type
    Output<TFloat32> features = (Output<TFloat32>) layer.input(0);
    return features;
  }
}
