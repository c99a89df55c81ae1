package io.github.tfkfac.tools.option;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the training of a SavedModel; read by {@link GivenOptions}. */
public final class SavedModelOptions {

  @Option(
      names = "--signature",
      paramLabel = "NAME",
      description = "Signature that predicts from images; default serving_default.")
  @Nullable String signature;

  @Option(
      names = "--logits",
      paramLabel = "TENSOR",
      description =
          "Tensor before the softmax or sigmoid, operation:index; default: the one that the"
              + " signature's outputs come from.")
  @Nullable String logits;

  @Option(
      names = "--loss-signature",
      paramLabel = "NAME",
      description =
          "Signature that takes images and one-hot labels and returns the loss to be trained on;"
              + " default: the cross-entropy of the logits, see --loss.")
  @Nullable String lossSignature;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "Cross-entropy to be trained on: softmax (one class of several) or sigmoid (independent"
              + " independent Bernoulli targets, or two classes that share one output); default softmax.")
  @Nullable String loss;

  @Option(
      names = "--head",
      paramLabel = "CLASSES",
      description = "Put a new last layer with this many classes in place of the model's.")
  @Nullable Integer head;

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Leave the variables of matching names as they are; * stands for any characters. May be"
              + " given several times.")
  @Nullable List<String> freeze;

  @Option(
      names = "--mode",
      paramLabel = "NAME",
      description =
          "How the model computes in training: inference, as its signature does, or training, with"
              + " dropout and the batch's statistics, if it was saved with that; default inference.")
  @Nullable String mode;

  @Option(
      names = "--scaling",
      paramLabel = "NAME",
      description =
          "How the model expects pixels: unit (0 to 1), bytes (0 to 255), per-image (standardized"
              + " one by one), pretrained (ImageNet's mean and deviation), dataset (those of the"
              + " training images) or auto, which is bytes for a model that takes whole numbers and"
              + " otherwise unit; default auto.")
  @Nullable String scaling;
}
