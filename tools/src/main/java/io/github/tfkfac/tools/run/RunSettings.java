package io.github.tfkfac.tools.run;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.SessionThreads;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.tools.error.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.types.TFloat32;

/**
 * Everything that decides a training run.
 *
 * @param data the images
 * @param model name of the network
 * @param savedModel where the network comes from if it is a SavedModel
 * @param optimizer the optimizer
 * @param epochs passes over the training images
 * @param batch images per step
 * @param seed seed of initial values, shuffling and augmentation
 * @param labelSmoothing label smoothing of the loss
 * @param evaluationEpochs epochs between two evaluations
 * @param evaluationImages test images of an evaluation before the last, 0 for all
 * @param checkpointEpochs epochs between two checkpoints
 * @param threads threads of the session, 0 for TensorFlow's choice
 * @param diagnostics steps between two measurements of every captured layer, 0 for none
 * @param allowNoLayers whether a second-order optimizer may train a network of which it captures
 *     nothing
 */
public record RunSettings(
    DataSettings data,
    String model,
    Optional<SavedModelSettings> savedModel,
    OptimizerSettings optimizer,
    int epochs,
    int batch,
    long seed,
    double labelSmoothing,
    int evaluationEpochs,
    int evaluationImages,
    int checkpointEpochs,
    int threads,
    int diagnostics,
    boolean allowNoLayers) {

  private static final String DIAGNOSTICS = "diagnostics";
  private static final String ALLOW_NO_LAYERS = "allow-no-layers";

  private static final List<String> OPTIONS =
      Stream.of(
              DataSettings.OPTIONS.stream(),
              OptimizerSettings.OPTIONS.stream(),
              SavedModelSettings.OPTIONS.stream(),
              Stream.of(
                  "model",
                  "epochs",
                  "batch",
                  "seed",
                  "label-smoothing",
                  "eval-every",
                  "eval-images",
                  "checkpoint-every",
                  "threads",
                  DIAGNOSTICS,
                  ALLOW_NO_LAYERS))
          .flatMap(names -> names)
          .toList();

  private static final String MODEL = "resnet20";
  private static final int EPOCHS = 10;
  private static final int BATCH = 128;

  /** Few steps, so that a first run is short; refreshes often enough to see all their kinds. */
  private static final int GENERATED_EPOCHS = 5;

  private static final int GENERATED_EVALUATION_EPOCHS = 3;
  private static final long GENERATED_STATISTICS_PERIOD = 10;
  private static final long GENERATED_INVERSE_PERIOD = 50;

  public RunSettings {
    if (savedModel.isEmpty()) {
      Architectures.named(model);
    }
    requirePositive("epochs", epochs);
    requirePositive("images per batch", batch);
    requirePositive("epochs between evaluations", evaluationEpochs);
    requirePositive("epochs between checkpoints", checkpointEpochs);
    if (evaluationImages < 0) {
      throw new IllegalArgumentException(
          "expected >= 0 images of an evaluation (0 for all), found " + evaluationImages);
    }
    if (threads < 0) {
      throw new IllegalArgumentException(
          "expected >= 0 threads (0 for TensorFlow's choice), found " + threads);
    }
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "expected label smoothing in [0, 1), found " + labelSmoothing);
    }
    if (diagnostics < 0) {
      throw new IllegalArgumentException(
          "expected >= 0 steps between diagnostics (0 for none), found " + diagnostics);
    }
    optimizer.requireUsable();
    if (diagnostics > 0 && optimizer.kfac(1).isEmpty()) {
      throw new UserError(
          "the optimizer "
              + optimizer.name()
              + " has no curvature to diagnose; leave --diagnostics out");
    }
  }

  /** The names of all options that {@link #of} understands, without dashes. */
  public static List<String> optionNames() {
    return OPTIONS;
  }

  /**
   * Settings from option values by name; what is not given takes its default, which depends on the
   * data set, the optimizer, and whether the network was trained before.
   */
  public static RunSettings of(Map<String, String> given) {
    OptionValues options = new OptionValues(given);
    options.requireKnown(OPTIONS);
    DataSettings data = DataSettings.of(options);
    Optional<SavedModelSettings> savedModel = SavedModelSettings.of(options);
    boolean generated = data.dataset().equals(DataSettings.GENERATED);
    String name = options.text("optimizer", OptimizerSettings.names().get(0));
    OptimizerSettings optimizer =
        savedModel
            .map(model -> OptimizerSettings.fineTuning(name, model.head() > 0))
            .orElseGet(() -> OptimizerSettings.defaults(name));
    return new RunSettings(
        data,
        savedModel.map(SavedModelSettings::name).orElse(options.text("model", MODEL)),
        savedModel,
        (generated
                ? optimizer.withPeriods(GENERATED_STATISTICS_PERIOD, GENERATED_INVERSE_PERIOD)
                : optimizer)
            .with(options),
        options.count("epochs", generated ? GENERATED_EPOCHS : EPOCHS),
        options.count("batch", BATCH),
        options.whole("seed", 1),
        options.number("label-smoothing", 0),
        options.count("eval-every", generated ? GENERATED_EVALUATION_EPOCHS : 1),
        options.count("eval-images", 0),
        options.count("checkpoint-every", 1),
        options.count("threads", 0),
        options.count(DIAGNOSTICS, 0),
        options.flag(ALLOW_NO_LAYERS, false));
  }

  /** The same with what had to be measured first. */
  RunSettings measured() {
    return new RunSettings(
        data,
        model,
        savedModel,
        optimizer.measured(),
        epochs,
        batch,
        seed,
        labelSmoothing,
        evaluationEpochs,
        evaluationImages,
        checkpointEpochs,
        threads,
        diagnostics,
        allowNoLayers);
  }

  /** The network. */
  public Architecture architecture() {
    return Architectures.named(model);
  }

  /** The network for a data set's images, with the loss that training minimizes. */
  public ClassifierSpec<TFloat32> classifier(ImageDataset images) {
    return ClassifierSpec.of(architecture(), images, TFloat32.class, seed)
        .withLoss(new SoftmaxCrossEntropy(labelSmoothing));
  }

  /**
   * Reads or draws the images, scaled as the network expects them.
   *
   * @throws io.github.tfkfac.models.data.DataException if the folder or a file is unusable
   */
  public DataSettings.Loaded images() {
    DataSettings.Loaded loaded = data.load();
    return savedModel.map(model -> model.scaled(loaded)).orElse(loaded);
  }

  /** The network with its optimizer in a new graph, to be closed by the caller. */
  public OpenNetwork open(DataSettings.Loaded images) {
    return savedModel.isPresent()
        ? OpenNetwork.of(
            savedModel.get(),
            savedModel.get().finetuning(labelSmoothing, seed),
            variables -> observed(optimizer.factory(totalSteps(images), variables)))
        : OpenNetwork.of(
            classifier(images.train()), observed(optimizer.factory(totalSteps(images))));
  }

  private OptimizerFactory observed(OptimizerFactory factory) {
    return diagnostics > 0 ? new TimedFactory(factory) : factory;
  }

  /** The threads of a session. */
  public SessionThreads sessionThreads() {
    return new SessionThreads(threads, threads);
  }

  /** Plan of the training batches. */
  BatchPlan batches(DataSettings.Loaded images) {
    return BatchPlan.training(images.train(), images.scaling(), batch, seed)
        .withAugmentation(images.augmentation());
  }

  /** Length of a complete run. */
  TrainingLength length() {
    return TrainingLength.epochs(epochs);
  }

  /**
   * Rejects images that the settings do not fit, and settings that the network does not fit: a
   * pattern that matches no layer, for one.
   *
   * @throws IllegalArgumentException if a batch needs more images than there are, or a setting does
   *     not fit the network
   * @throws UserError if the optimizer rejects the network
   */
  public void requireFits(DataSettings.Loaded images) {
    batches(images);
    if (savedModel.isPresent() || optimizer.dependsOnNetwork()) {
      try (OpenNetwork network = open(images)) {
        network.training().classifier().requireFits(batches(images));
        if (!allowNoLayers && network.training().optimizer() instanceof Kfac kfac) {
          CapturedLayers.require(model, optimizer.name(), kfac);
        }
      } catch (IllegalStateException e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /** Steps of a complete run. */
  long totalSteps(DataSettings.Loaded images) {
    return length().totalSteps(batches(images).batchesPerEpoch(), optimizer.accumulation());
  }

  /** Values that determine the run's numbers, by option name: equal values, equal runs. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>(data.values());
    values.put("model", model);
    savedModel.ifPresent(settings -> values.putAll(settings.values()));
    values.putAll(optimizer.values());
    values.put("epochs", Integer.toString(epochs));
    values.put("batch", Integer.toString(batch));
    values.put("seed", Long.toString(seed));
    values.put("label-smoothing", Double.toString(labelSmoothing));
    return values;
  }

  /** Every option in effect, by name; {@link #of} makes the same settings of them again. */
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(values());
    data.folder()
        .ifPresent(folder -> options.put("data", folder.toAbsolutePath().normalize().toString()));
    savedModel.ifPresent(
        settings ->
            options.put(
                SavedModelSettings.FOLDER,
                settings.folder().toAbsolutePath().normalize().toString()));
    options.put("eval-every", Integer.toString(evaluationEpochs));
    options.put("eval-images", Integer.toString(evaluationImages));
    options.put("checkpoint-every", Integer.toString(checkpointEpochs));
    options.put("threads", Integer.toString(threads));
    options.put(DIAGNOSTICS, Integer.toString(diagnostics));
    options.put(ALLOW_NO_LAYERS, Boolean.toString(allowNoLayers));
    return options;
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected > 0 " + what + ", found " + value);
    }
  }
}
