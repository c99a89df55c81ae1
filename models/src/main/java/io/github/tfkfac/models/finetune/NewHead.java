package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import io.github.tfkfac.models.savedmodel.ExportedSignature;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A dense layer in place of the one that makes a model's logits.
 *
 * @param classes number of its outputs
 * @param store owner of its variables
 */
record NewHead(int classes, ParameterStore<TFloat32> store) {

  private static final String NAME = "head";

  /** A head whose variables are in the model's graph. */
  static NewHead of(LoadedModel model, int classes, long seed) {
    return new NewHead(
        classes, new ParameterStore<>(Ops.create(model.graph()), TFloat32.class, seed));
  }

  /** The logits of the new head if there is one, otherwise the model's own. */
  static Operand<TFloat32> logits(
      Optional<NewHead> head, Ops tf, LoadedModel model, Output<TFloat32> own) {
    return head.isPresent()
        ? new Dense(head.get().classes)
            .apply(
                LayerContext.inference(tf, head.get().store).in(NAME), Logits.features(model, own))
        : own;
  }

  /**
   * The first signature of a model with other logits: what came from the old logits by softmax and
   * the place of the largest comes from the new ones in the same way, and what else depends on the
   * old ones is left out.
   */
  static ExportedSignature signature(
      LoadedModel model, Output<TFloat32> old, Operand<TFloat32> logits) {
    LoadedSignature loaded = model.signature();
    Ops tf = Ops.create(model.graph()).withSubScope("outputs");
    SortedMap<String, Operand<?>> outputs = new TreeMap<>();
    boolean replaced = false;
    for (String name : loaded.outputs().keySet()) {
      Output<?> output = loaded.output(name);
      Optional<List<GraphOperation>> steps = Logits.steps(old, output);
      if (steps.isPresent()) {
        outputs.put(name, repeated(tf, steps.get(), logits));
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

  private static Operand<?> repeated(Ops tf, List<GraphOperation> steps, Operand<TFloat32> logits) {
    Operand<TFloat32> scores = logits;
    for (GraphOperation step : steps) {
      if (step.type().equals(Logits.ARG_MAX)) {
        return step.output(0).type().equals(TInt32.class)
            ? tf.math.argMax(scores, tf.constant(1), TInt32.class)
            : tf.math.argMax(scores, tf.constant(1), TInt64.class);
      }
      if (step.type().equals(Logits.SOFTMAX)) {
        scores = tf.nn.softmax(scores);
      }
    }
    return scores;
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
