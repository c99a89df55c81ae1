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
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * A SavedModel that a run trains further.
 *
 * @param all the settings in effect, those of the model among them
 */
public record SavedModelSettings(Settings all) {

  private static final String SOFTMAX = "softmax";
  private static final String SIGMOID = "sigmoid";
  private static final String LOSS_NAME = "loss";
  private static final String AUTO = "auto";
  private static final String BYTES = "bytes";

  private static final Set<DataType> WHOLE =
      EnumSet.of(DataType.DT_UINT8, DataType.DT_UINT16, DataType.DT_INT32, DataType.DT_INT64);

  private static final List<String> MODES =
      Arrays.stream(FinetuneOptions.Mode.values())
          .map(mode -> mode.name().toLowerCase(Locale.ROOT))
          .toList();

  private static final List<String> SCALINGS =
      List.of(AUTO, "unit", BYTES, "per-image", "pretrained", "dataset");

  /** Folder of the model, which the command line takes without a name. */
  public static final Setting<Path> FOLDER =
      new Setting<>("saved-model", "FOLDER", Form.path(), "Folder of the SavedModel.")
          .keptOutOfIdentity();

  private static final Setting<String> SIGNATURE =
      Setting.text("signature", "NAME", "Signature that predicts from images.")
          .defaultsTo(SavedModelFile.DEFAULT_SIGNATURE);

  private static final Setting<String> LOGITS =
      Setting.text(
              "logits",
              "TENSOR",
              "Tensor before the softmax or sigmoid, operation:index; by default the one that the"
                  + " signature's outputs come from.")
          .defaultsTo("");

  private static final Setting<String> LOSS_SIGNATURE =
      Setting.text(
              "loss-signature",
              "NAME",
              "Signature that takes images and one-hot labels and returns the loss to be trained"
                  + " on; by default the cross-entropy of the logits, see --loss.")
          .defaultsTo("");

  private static final Setting<String> LOSS =
      Setting.oneOf(
              LOSS_NAME,
              LOSS_NAME,
              List.of(SOFTMAX, SIGMOID),
              "Cross-entropy to be trained on: softmax (one class of several) or sigmoid"
                  + " (independent Bernoulli targets, or two classes that share one output).")
          .defaultsTo(SOFTMAX)
          .essential();

  private static final Setting<Integer> HEAD =
      Setting.count(
              "head",
              "CLASSES",
              "Put a new last layer with this many classes in place of the model's, 0 for none.")
          .defaultsTo(0)
          .essential();

  private static final Setting<List<String>> FREEZE =
      new Setting<>(
              "freeze",
              "PATTERN",
              Form.names(),
              "Leave the variables of matching names as they are; * stands for any characters. May"
                  + " be given several times.")
          .defaultsTo(List.<String>of())
          .essential();

  private static final Setting<String> MODE =
      Setting.oneOf(
              "mode",
              "mode",
              MODES,
              "How the model computes in training: inference, as its signature does, or training,"
                  + " with dropout and the batch's statistics, if it was saved with that.")
          .defaultsTo(MODES.get(0));

  private static final Setting<String> SCALING =
      Setting.oneOf(
              "scaling",
              "scaling",
              SCALINGS,
              "How the model expects pixels: unit (0 to 1), bytes (0 to 255), per-image"
                  + " (standardized one by one), pretrained (ImageNet's mean and deviation), dataset"
                  + " (those of the training images) or auto, which is bytes for a model that takes"
                  + " whole numbers and otherwise unit.")
          .defaultsTo(AUTO);

  /** The settings of a SavedModel, used only where there is the folder of one. */
  public static final List<Setting<?>> TABLE =
      Setting.section(
          "Model",
          List.of(
              ofModel(SIGNATURE),
              ofModel(LOGITS),
              ofModel(LOSS_SIGNATURE),
              ofModel(LOSS),
              ofModel(HEAD),
              ofModel(FREEZE),
              ofModel(MODE),
              ofModel(SCALING)));

  private static <V> Setting<V> ofModel(Setting<V> setting) {
    return setting.usedIf(known -> known.find(FOLDER).isPresent());
  }

  /** Whether a model is named that gets a new head. */
  static boolean hasNewHead(Settings known) {
    return known.find(HEAD).orElse(0) > 0;
  }

  Path folder() {
    return all.get(FOLDER);
  }

  /** The model's name: that of its folder. */
  String name() {
    return String.valueOf(folder().toAbsolutePath().normalize().getFileName());
  }

  /** Options of the fine-tuning. */
  FinetuneOptions finetuning(double labelSmoothing, long seed) {
    return new FinetuneOptions(
        all.get(SIGNATURE),
        all.find(LOGITS).filter(text -> !text.isEmpty()),
        all.find(LOSS_SIGNATURE).filter(text -> !text.isEmpty()),
        all.find(HEAD).filter(classes -> classes != 0),
        all.get(FREEZE).stream().map(NamePattern::new).toList(),
        loss(all.get(LOSS), labelSmoothing),
        FinetuneOptions.Mode.valueOf(all.get(MODE).toUpperCase(Locale.ROOT)),
        seed);
  }

  /** The loss of a name, {@code softmax} or {@code sigmoid}. */
  public static ClassificationLoss loss(String name, double labelSmoothing) {
    Suggestions.require(LOSS_NAME, name, List.of(SOFTMAX, SIGMOID));
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
  public Statement statement(FinetuneGraph network) {
    LoadedModel loaded = network.model();
    return new Statement(
        "trained in the mode '" + all.get(MODE) + "'; " + loaded.modes().statement(),
        FinetuneGraph.objective(loaded, finetuning(0, 0)));
  }

  /** The same images with the scaling that the model expects. */
  DataSettings.Loaded scaled(DataSettings.Loaded images) {
    int channels = images.train().shape().channels();
    PixelScaling chosen =
        switch (all.get(SCALING).equals(AUTO) ? scalingOfInput() : all.get(SCALING)) {
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
    return SavedModelFile.read(folder()).signature(all.get(SIGNATURE)).inputs().values().stream()
            .anyMatch(input -> WHOLE.contains(input.type()))
        ? BYTES
        : "unit";
  }
}
