package io.github.tfkfac.models.finetune;

import io.github.tfkfac.NamePattern;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Options for fine-tuning a SavedModel.
 *
 * @param signature the signature that says what the model predicts
 * @param logits name of the tensor before the softmax or sigmoid, {@code operation:index};
 *     otherwise it is looked for behind the signature's outputs
 * @param lossSignature a signature that takes images and one-hot labels and returns the loss, to be
 *     trained on instead of {@code loss}
 * @param head number of classes of a new last layer that replaces the model's
 * @param frozen patterns of the model's variables that are left as they are
 * @param loss what training minimizes where no signature gives a loss; a softmax cross-entropy for
 *     one class of several, a sigmoid cross-entropy for independent targets or two classes that
 *     share one output
 * @param mode how the model computes what training looks at
 * @param seed of a new head's initial values
 */
public record FinetuneOptions(
    String signature,
    Optional<String> logits,
    Optional<String> lossSignature,
    Optional<Integer> head,
    List<NamePattern> frozen,
    ClassificationLoss loss,
    Mode mode,
    long seed) {

  /** Mode in which a model computes during fine-tuning. */
  public enum Mode {
    /** As its signature does: dropout passes everything, normalizations keep their statistics. */
    INFERENCE,
    /**
     * As when it was trained: dropout drops and normalizations use the statistics of the batch;
     * only for models that were saved with that. The random numbers are TensorFlow's own, so runs
     * do not repeat themselves.
     */
    TRAINING
  }

  public FinetuneOptions {
    frozen = List.copyOf(frozen);
    head.ifPresent(
        classes -> {
          if (classes < 2) {
            throw new IllegalArgumentException(
                "expected at least 2 classes for a new head, found " + classes);
          }
        });
    if (mode == Mode.TRAINING && (logits.isPresent() || lossSignature.isPresent())) {
      throw new IllegalArgumentException(
          "expected the signature's own outputs for training in the mode 'training', found "
              + (logits.isPresent() ? "a tensor of logits" : "a signature that gives the loss")
              + ", which is of one mode only; leave it out, or train in the mode 'inference'");
    }
    if (head.isPresent() && lossSignature.isPresent()) {
      throw new IllegalArgumentException(
          "expected a new head or the loss of signature '"
              + lossSignature.get()
              + "', found both; that loss is of the model's own head, so leave one of them out");
    }
  }

  /** All trainable variables, with the model's own head, by {@code serving_default}. */
  public static FinetuneOptions defaults() {
    return new FinetuneOptions(
        SavedModelFile.DEFAULT_SIGNATURE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new SoftmaxCrossEntropy(),
        Mode.INFERENCE,
        0);
  }

  /** The same with another signature. */
  public FinetuneOptions withSignature(String name) {
    return new FinetuneOptions(name, logits, lossSignature, head, frozen, loss, mode, seed);
  }

  /** The same with logits at a named tensor. */
  public FinetuneOptions withLogits(String tensor) {
    return new FinetuneOptions(
        signature, Optional.of(tensor), lossSignature, head, frozen, loss, mode, seed);
  }

  /** The same, trained on the loss that a signature returns. */
  public FinetuneOptions withLossSignature(String name) {
    return new FinetuneOptions(
        signature, logits, Optional.of(name), head, frozen, loss, mode, seed);
  }

  /** The same with a new head. */
  public FinetuneOptions withHead(int classes) {
    return new FinetuneOptions(
        signature, logits, lossSignature, Optional.of(classes), frozen, loss, mode, seed);
  }

  /**
   * The same, but variables of the model whose name matches one of the patterns, such as {@code
   * conv/*}, are frozen as well.
   */
  public FinetuneOptions withFrozen(String... patterns) {
    List<NamePattern> more = new ArrayList<>(frozen);
    Stream.of(patterns).map(NamePattern::new).forEach(more::add);
    return new FinetuneOptions(signature, logits, lossSignature, head, more, loss, mode, seed);
  }

  /** The same with another loss. */
  public FinetuneOptions withLoss(ClassificationLoss other) {
    return new FinetuneOptions(signature, logits, lossSignature, head, frozen, other, mode, seed);
  }

  /** The same in another mode. */
  public FinetuneOptions withMode(Mode other) {
    return new FinetuneOptions(signature, logits, lossSignature, head, frozen, loss, other, seed);
  }

  /** The same with another seed. */
  public FinetuneOptions withSeed(long other) {
    return new FinetuneOptions(signature, logits, lossSignature, head, frozen, loss, mode, other);
  }

  /** The signatures that are needed, the one that predicts first. */
  public List<String> signatures() {
    return lossSignature.filter(name -> !name.equals(signature)).isPresent()
        ? List.of(signature, lossSignature.get())
        : List.of(signature);
  }
}
