package io.github.tfkfac.tools.run;

import io.github.tfkfac.NamePattern;
import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.layer.ClassificationLoss;
import io.github.tfkfac.models.layer.SigmoidCrossEntropy;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.tools.error.Suggestions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * A SavedModel that a run trains further.
 *
 * @param folder where it lies
 * @param signature the signature that predicts
 * @param logits name of the tensor of the logits, if it is not to be looked for
 * @param lossSignature the signature that returns the loss, if one does
 * @param loss {@code softmax} (one class of several) or {@code sigmoid} (independent targets, or
 *     two classes that share one output)
 * @param head classes of a new head, 0 for the model's own
 * @param freeze patterns of variables that are left as they are
 * @param mode {@code inference} or {@code training}: how the model computes in training
 * @param scaling how pixels become the model's inputs; {@code auto} is {@code bytes} for a model
 *     that takes whole numbers, otherwise {@code unit}
 */
public record SavedModelSettings(
    Path folder,
    String signature,
    Optional<String> logits,
    Optional<String> lossSignature,
    String loss,
    int head,
    List<String> freeze,
    String mode,
    String scaling) {

  static final String FOLDER = "saved-model";
  private static final String MODE = "mode";
  private static final String LOSS = "loss";
  private static final String SOFTMAX = "softmax";
  private static final String SIGMOID = "sigmoid";
  private static final String AUTO = "auto";
  private static final String BYTES = "bytes";

  static final List<String> OPTIONS =
      List.of(
          FOLDER, "signature", "logits", "loss-signature", LOSS, "head", "freeze", MODE, "scaling");

  private static final Set<DataType> WHOLE =
      EnumSet.of(DataType.DT_UINT8, DataType.DT_UINT16, DataType.DT_INT32, DataType.DT_INT64);

  private static final List<String> MODES =
      Arrays.stream(FinetuneOptions.Mode.values())
          .map(mode -> mode.name().toLowerCase(Locale.ROOT))
          .toList();

  private static final List<String> SCALINGS =
      List.of(AUTO, "unit", BYTES, "per-image", "pretrained", "dataset");

  public SavedModelSettings {
    freeze = List.copyOf(freeze);
    Suggestions.require("loss", loss, List.of(SOFTMAX, SIGMOID));
    Suggestions.require("mode", mode, MODES);
    Suggestions.require("scaling", scaling, SCALINGS);
  }

  /** Settings from options, if they name a model. */
  static Optional<SavedModelSettings> of(OptionValues options) {
    return options
        .text(FOLDER)
        .map(
            folder ->
                new SavedModelSettings(
                    Path.of(folder),
                    options.text("signature", SavedModelFile.DEFAULT_SIGNATURE),
                    options.text("logits").filter(text -> !text.isEmpty()),
                    options.text("loss-signature").filter(text -> !text.isEmpty()),
                    options.text(LOSS, SOFTMAX),
                    options.count("head", 0),
                    Arrays.stream(options.text("freeze", "").split(","))
                        .filter(pattern -> !pattern.isBlank())
                        .toList(),
                    options.text(MODE, MODES.get(0)),
                    options.text("scaling", SCALINGS.get(0))));
  }

  /** The model's name: that of its folder. */
  String name() {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  /** Options of the fine-tuning. */
  FinetuneOptions finetuning(double labelSmoothing, long seed) {
    return new FinetuneOptions(
        signature,
        logits,
        lossSignature,
        head == 0 ? Optional.empty() : Optional.of(head),
        freeze.stream().map(NamePattern::new).toList(),
        loss(loss, labelSmoothing),
        FinetuneOptions.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
        seed);
  }

  /** The loss of a name, {@code softmax} or {@code sigmoid}. */
  public static ClassificationLoss loss(String name, double labelSmoothing) {
    Suggestions.require(LOSS, name, List.of(SOFTMAX, SIGMOID));
    return name.equals(SIGMOID)
        ? new SigmoidCrossEntropy(labelSmoothing)
        : new SoftmaxCrossEntropy(labelSmoothing);
  }

  /**
   * Facts about the training of a model that are known before it begins.
   *
   * @param modes in which mode the model is trained, and which it has; one sentence
   * @param objective what training minimizes
   */
  public record Statement(String modes, String objective) {}

  /** Looks at the model. */
  public Statement statement() {
    FinetuneOptions options = finetuning(0, 0);
    try (LoadedModel loaded = LoadedModel.open(SavedModelFile.read(folder), options.signatures())) {
      return new Statement(
          "trained in the mode '" + mode + "'; " + loaded.modes().statement(),
          FinetuneGraph.objective(loaded, options));
    }
  }

  /** The same images with the scaling that the model expects. */
  DataSettings.Loaded scaled(DataSettings.Loaded images) {
    int channels = images.train().shape().channels();
    PixelScaling chosen =
        switch (scaling.equals(AUTO) ? scalingOfInput() : scaling) {
          case "unit" -> PixelScaling.unitRange(channels);
          case BYTES -> PixelScaling.bytes(channels);
          case "per-image" -> new PixelScaling.PerImage();
          case "pretrained" -> PixelScaling.pretrainedRgb();
          default -> images.scaling();
        };
    return new DataSettings.Loaded(images.train(), images.test(), chosen, images.augmentation());
  }

  /** The scaling for a model that does not say more than the type of its input. */
  private String scalingOfInput() {
    return SavedModelFile.read(folder).signature(signature).inputs().values().stream()
            .anyMatch(input -> WHOLE.contains(input.type()))
        ? BYTES
        : "unit";
  }

  /** Values that determine a run's numbers, by option name. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("signature", signature);
    values.put("logits", logits.orElse(""));
    values.put("loss-signature", lossSignature.orElse(""));
    values.put(LOSS, loss);
    values.put("head", Integer.toString(head));
    values.put("freeze", String.join(",", freeze));
    values.put(MODE, mode);
    values.put("scaling", scaling);
    return values;
  }
}
