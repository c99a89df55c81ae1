package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.data.PixelScaling;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.optimizer.LayerPattern;
import io.github.tfkfac.tools.error.Suggestions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A SavedModel that a run trains further.
 *
 * @param folder where it lies
 * @param signature the signature that predicts
 * @param logits name of the tensor of the logits, if it is not to be looked for
 * @param lossSignature the signature that returns the loss, if one does
 * @param head classes of a new head, 0 for the model's own
 * @param freeze patterns of variables that are left as they are
 * @param mode {@code inference} or {@code training}: how the model computes in training
 * @param scaling how pixels become the model's inputs
 */
public record SavedModelSettings(
    Path folder,
    String signature,
    Optional<String> logits,
    Optional<String> lossSignature,
    int head,
    List<String> freeze,
    String mode,
    String scaling) {

  static final String FOLDER = "saved-model";
  private static final String MODE = "mode";

  static final List<String> OPTIONS =
      List.of(FOLDER, "signature", "logits", "loss-signature", "head", "freeze", MODE, "scaling");

  private static final List<String> MODES =
      Arrays.stream(FinetuneOptions.Mode.values())
          .map(mode -> mode.name().toLowerCase(Locale.ROOT))
          .toList();

  private static final List<String> SCALINGS =
      List.of("unit", "bytes", "per-image", "pretrained", "dataset");

  public SavedModelSettings {
    freeze = List.copyOf(freeze);
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

  /** How it is trained. */
  FinetuneOptions finetuning(double labelSmoothing, long seed) {
    return new FinetuneOptions(
        signature,
        logits,
        lossSignature,
        head == 0 ? Optional.empty() : Optional.of(head),
        freeze.stream().map(LayerPattern::new).toList(),
        new SoftmaxCrossEntropy(labelSmoothing),
        FinetuneOptions.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
        seed);
  }

  /** In which mode the model is trained, and which it has; one sentence. */
  public String modeStatement() {
    try (LoadedModel loaded = LoadedModel.open(folder, signature)) {
      return "trained in the mode '" + mode + "'; " + loaded.modes().statement();
    }
  }

  /** The same images with the scaling that the model expects. */
  DataSettings.Loaded scaled(DataSettings.Loaded images) {
    int channels = images.train().shape().channels();
    PixelScaling chosen =
        switch (scaling) {
          case "unit" -> PixelScaling.unitRange(channels);
          case "bytes" -> PixelScaling.bytes(channels);
          case "per-image" -> new PixelScaling.PerImage();
          case "pretrained" -> PixelScaling.pretrainedRgb();
          default -> images.scaling();
        };
    return new DataSettings.Loaded(images.train(), images.test(), chosen, images.augmentation());
  }

  /** What decides a run's numbers, by option name. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("signature", signature);
    values.put("logits", logits.orElse(""));
    values.put("loss-signature", lossSignature.orElse(""));
    values.put("head", Integer.toString(head));
    values.put("freeze", String.join(",", freeze));
    values.put(MODE, mode);
    values.put("scaling", scaling);
    return values;
  }
}
