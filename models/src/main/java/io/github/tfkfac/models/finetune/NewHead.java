package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.savedmodel.ExportedSignature;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * A dense layer in place of the one that makes a model's logits.
 *
 * @param classes number of its outputs
 * @param store owner of its variables
 */
record NewHead<T extends TNumber>(int classes, ParameterStore<T> store) {

  private static final String NAME = "head";
  private static final String PRODUCT = "MatMul";
  private static final Set<String> ADDITIONS = Set.of("BiasAdd", "Add", "AddV2");

  /** A head whose variables are in the model's graph. */
  static <T extends TNumber> NewHead<T> of(
      LoadedModel model, Class<T> type, int classes, long seed) {
    return new NewHead<>(classes, new ParameterStore<>(Ops.create(model.graph()), type, seed));
  }

  /**
   * Logits of the new head, from the input of the dense layer that makes the model's own.
   *
   * @throws SavedModelException if no dense layer makes them
   */
  Operand<T> logits(Ops tf, LoadedModel model, Output<?> own) {
    Operand<T> features = ClassScores.matrix(tf, features(model, own), store.type());
    return new Dense(classes).apply(LayerContext.inference(tf, store).in(NAME), features);
  }

  private static Output<?> features(LoadedModel model, Output<?> own) {
    GraphOperation layer = (GraphOperation) OutputPath.to(own).source().op();
    if (ADDITIONS.contains(layer.type())) {
      GraphOperation first = (GraphOperation) layer.input(0).op();
      layer = first.type().equals(PRODUCT) ? first : (GraphOperation) layer.input(1).op();
    }
    if (!layer.type().equals(PRODUCT)) {
      throw SavedModelException.of(
          model.file().folder() + ", tensor '" + TensorOrigin.name(own) + "'",
          "logits made by a dense layer, which a new head can replace",
          "the operation " + TensorOrigin.describe(layer.output(0)),
          "train the model's own head, or name another tensor of logits (withLogits, --logits)");
    }
    return layer.input(0);
  }

  /**
   * The first signature of a model with other logits: what came from the old logits by an
   * activation and the index of the largest comes from the new ones in the same way, and what else
   * depends on the old ones is left out.
   */
  static ExportedSignature signature(
      LoadedModel model, Output<?> old, Operand<? extends TNumber> logits) {
    LoadedSignature loaded = model.signature();
    Ops tf = Ops.create(model.graph()).withSubScope("outputs");
    SortedMap<String, Operand<?>> outputs = new TreeMap<>();
    boolean replaced = false;
    for (String name : loaded.outputs().keySet()) {
      Output<?> output = loaded.output(name);
      OutputPath path = OutputPath.to(output);
      if (path.source().equals(OutputPath.to(old).source())) {
        outputs.put(name, repeated(tf, path, logits));
        replaced = true;
      } else if (!dependsOn(output, old.op())) {
        outputs.put(name, output);
      }
    }
    if (!replaced) {
      outputs.put("logits", logits);
    }
    return new ExportedSignature(
        loaded.spec().name(), loaded.spec().method(), new TreeMap<>(loaded.inputs()), outputs);
  }

  private static Operand<? extends TNumber> repeated(
      Ops tf, OutputPath path, Operand<? extends TNumber> logits) {
    Operand<? extends TNumber> scores = logits;
    for (OutputPath.Step step : path.steps()) {
      scores =
          switch (step.kind()) {
            case SOFTMAX -> tf.nn.softmax(scores);
            case LOG_SOFTMAX -> tf.nn.logSoftmax(scores);
            case SIGMOID -> tf.math.sigmoid(scores);
            case LARGEST -> tf.math.argMax(scores, tf.constant(1), TInt64.class);
            case SAME -> scores;
          };
    }
    Output<?> original = path.steps().isEmpty() ? path.source() : last(path).result();
    return reshaped(tf, cast(tf, scores, original), original.shape().numDimensions());
  }

  private static OutputPath.Step last(OutputPath path) {
    return path.steps().get(path.steps().size() - 1);
  }

  @SuppressWarnings("unchecked") // scores and classes are numbers
  private static Operand<? extends TNumber> cast(
      Ops tf, Operand<? extends TNumber> scores, Output<?> original) {
    return ClassScores.cast(tf, scores, (Class<? extends TNumber>) original.type());
  }

  /** Scores with axes of size 1 after the first, up to a rank. */
  private static Operand<? extends TNumber> reshaped(
      Ops tf, Operand<? extends TNumber> scores, int rank) {
    Shape shape = scores.shape();
    if (rank <= shape.numDimensions()) {
      return scores;
    }
    long[] sizes = new long[rank];
    Arrays.fill(sizes, 1);
    sizes[0] = Shape.UNKNOWN_SIZE;
    if (shape.numDimensions() == 2) {
      sizes[rank - 1] = shape.get(1);
    }
    return tf.reshape(scores, tf.constant(sizes));
  }

  private static boolean dependsOn(Output<?> output, Operation wanted) {
    Set<Operation> seen = new HashSet<>();
    Deque<Operation> open = new ArrayDeque<>(List.of(output.op()));
    while (!open.isEmpty()) {
      Operation operation = open.remove();
      if (operation.equals(wanted)) {
        return true;
      }
      if (seen.add(operation)) {
        ((GraphOperation) operation).inputs().forEach(input -> open.add(input.op()));
      }
    }
    return false;
  }
}
