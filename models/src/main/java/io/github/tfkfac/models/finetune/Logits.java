package io.github.tfkfac.models.finetune;

import io.github.tfkfac.models.finetune.OutputPath.Kind;
import io.github.tfkfac.models.finetune.OutputPath.Step;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.LoadedSignature;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Output;
import org.tensorflow.types.family.TFloating;

/**
 * Matches the logits of a classifier: the tensor that a signature's outputs come from by the
 * activation that belongs to the loss, or else a linear layer that is an output itself.
 *
 * <p>What is made in another way, such as an average of probabilities, is not taken for logits.
 */
final class Logits {

  private static final String REMEDY =
      "name the tensor of the logits as OPERATION:INDEX (withLogits, --logits)";

  private final String where;
  private final ClassificationLoss loss;
  private final Map<String, OutputPath> paths = new LinkedHashMap<>();

  private Logits(LoadedModel model, LoadedSignature signature, ClassificationLoss loss) {
    this.where = where(model, "signature '" + signature.spec().name() + "'");
    this.loss = loss;
    signature.outputs().forEach((name, output) -> paths.put(name, OutputPath.to(output)));
  }

  /**
   * The logits that options name, or those of the first signature.
   *
   * @throws SavedModelException if there are none, or more than one
   */
  static Output<?> of(LoadedModel model, FinetuneOptions options) {
    return options.logits().isPresent()
        ? named(model, options.logits().get(), options.loss())
        : of(model, model.signature(), options.loss());
  }

  /**
   * The logits of a signature.
   *
   * @throws SavedModelException if there are none, or more than one
   */
  static Output<?> of(LoadedModel model, LoadedSignature signature, ClassificationLoss loss) {
    return new Logits(model, signature, loss).find();
  }

  /** Whether a signature has logits that {@link #of} finds. */
  static boolean exist(LoadedModel model, ClassificationLoss loss) {
    try {
      of(model, model.signature(), loss);
      return true;
    } catch (SavedModelException e) {
      return false;
    }
  }

  private static Output<?> named(LoadedModel model, String name, ClassificationLoss loss) {
    Output<?> tensor = model.tensor(name);
    OutputPath path = OutputPath.to(tensor);
    String here = where(model, "tensor '" + name + "'");
    if (TensorOrigin.isProbability(tensor)) {
      Output<?> made = path.activation().map(Step::result).orElse(path.source());
      throw SavedModelException.of(
          here,
          "logits, of which the loss makes probabilities",
          "probabilities, made by " + TensorOrigin.describe(made),
          path.activation().isPresent()
              ? "name the tensor before it, '" + TensorOrigin.name(path.source()) + "'"
              : "name a tensor before the probabilities");
    }
    Output<?> logits = path.activation().isPresent() ? path.source() : tensor;
    requireUsable(here, logits, loss);
    return logits;
  }

  private static String where(LoadedModel model, String part) {
    return model.file().folder() + ", " + part;
  }

  private boolean sigmoid() {
    return loss instanceof SigmoidCrossEntropy;
  }

  private Output<?> find() {
    Map<Output<?>, List<String>> proved = new LinkedHashMap<>();
    Map<Output<?>, List<String>> linear = new LinkedHashMap<>();
    paths.forEach(
        (name, path) -> {
          Output<?> source = path.source();
          if (path.activation().filter(step -> fits(step.kind())).isPresent()) {
            proved.computeIfAbsent(source, tensor -> new ArrayList<>()).add(name);
          } else if (path.activation().isEmpty()
              && isUsable(source, loss)
              && TensorOrigin.isLinearLayer(source)) {
            linear.computeIfAbsent(source, tensor -> new ArrayList<>()).add(name);
          }
        });
    Map<Output<?>, List<String>> found = proved.isEmpty() ? linear : proved;
    if (found.size() > 1) {
      throw several(found);
    }
    if (found.isEmpty() || hasOtherActivation(found.keySet())) {
      throw none();
    }
    Output<?> logits = found.keySet().iterator().next();
    requireUsable(where, logits, loss);
    if (TensorOrigin.isProbability(logits)) {
      throw none();
    }
    return logits;
  }

  private boolean fits(Kind kind) {
    return sigmoid() ? kind == Kind.SIGMOID : kind == Kind.SOFTMAX || kind == Kind.LOG_SOFTMAX;
  }

  private boolean hasOtherActivation(Set<Output<?>> found) {
    return paths.values().stream()
        .filter(path -> found.contains(path.source()))
        .flatMap(path -> path.activation().stream())
        .anyMatch(step -> !fits(step.kind()));
  }

  private SavedModelException several(Map<Output<?>, List<String>> found) {
    return SavedModelException.of(
        where,
        "outputs that come from one tensor of logits",
        found.size()
            + " tensors: "
            + found.entrySet().stream()
                .map(
                    entry ->
                        "'"
                            + TensorOrigin.name(entry.getKey())
                            + "' (output "
                            + String.join(", ", entry.getValue())
                            + ")")
                .collect(Collectors.joining(", ")),
        "name the one to be trained (withLogits, --logits)");
  }

  private SavedModelException none() {
    for (Map.Entry<String, OutputPath> entry : paths.entrySet()) {
      OutputPath path = entry.getValue();
      Kind kind = path.activation().map(Step::kind).orElse(Kind.SAME);
      if (kind != Kind.SAME
          && !fits(kind)
          && OutputPath.columns(path.source().shape()).isPresent()) {
        return otherActivation(entry.getKey(), path);
      }
      if (kind == Kind.SAME
          && OutputPath.columns(path.source().shape()).orElse(0) == 1
          && TensorOrigin.isLinearLayer(path.source())) {
        return unusable(where, path.source());
      }
    }
    String made =
        paths.entrySet().stream()
            .map(entry -> made(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", "));
    return SavedModelException.of(where, wanted(), made, REMEDY);
  }

  private String made(String name, OutputPath path) {
    return "output '"
        + name
        + "' made by "
        + TensorOrigin.describe(path.source())
        + (TensorOrigin.isProbability(path.source()) ? " of probabilities" : "");
  }

  private String wanted() {
    return "an output made of logits by "
        + (sigmoid() ? "Sigmoid" : "Softmax, LogSoftmax or ArgMax")
        + ", or by a linear layer";
  }

  private SavedModelException otherActivation(String name, OutputPath path) {
    Output<?> activated = path.activation().orElseThrow().result();
    return SavedModelException.of(
        where,
        wanted(),
        "output '" + name + "' made by " + TensorOrigin.describe(activated),
        (sigmoid()
                ? "train one class of several (SoftmaxCrossEntropy, --loss softmax)"
                : "train independent targets (SigmoidCrossEntropy, --loss sigmoid)")
            + ", or name the tensor of the logits, such as '"
            + TensorOrigin.name(path.source())
            + "' (withLogits, --logits)");
  }

  private static boolean isUsable(Output<?> logits, ClassificationLoss loss) {
    return TFloating.class.isAssignableFrom(logits.type())
        && OutputPath.columns(logits.shape()).orElse(0)
            >= (loss instanceof SigmoidCrossEntropy ? 1 : 2);
  }

  private static void requireUsable(String where, Output<?> logits, ClassificationLoss loss) {
    if (!isUsable(logits, loss)) {
      throw unusable(where, logits);
    }
  }

  private static SavedModelException unusable(String where, Output<?> logits) {
    OptionalLong columns = OutputPath.columns(logits.shape());
    String remedy = REMEDY;
    if (columns.orElse(0) == 1) {
      remedy = "train two classes that share one output (SigmoidCrossEntropy, --loss sigmoid)";
    } else if (columns.isEmpty() && logits.shape().numDimensions() > 2) {
      remedy = "choose an output with one row per image; a class for each position is not trained";
    }
    return SavedModelException.of(
        where,
        "floating-point logits [N, classes] with a known number of classes",
        logits.type().getSimpleName()
            + " "
            + logits.shape()
            + " made by "
            + TensorOrigin.describe(logits),
        remedy);
  }
}
