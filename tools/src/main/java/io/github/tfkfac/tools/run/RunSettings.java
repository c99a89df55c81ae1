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
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.types.TFloat32;

/**
 * Everything that decides a training run.
 *
 * @param all the settings in effect
 */
public record RunSettings(Settings all) {

  /** Few steps, so that a first run is short; refreshes often enough to see all their kinds. */
  private static final int GENERATED_EPOCHS = 5;

  private static final int EPOCHS = 10;
  private static final int GENERATED_EVALUATION_EPOCHS = 3;
  private static final long GENERATED_STATISTICS_PERIOD = 10;
  private static final long GENERATED_INVERSE_PERIOD = 50;

  public static final Setting<String> MODEL =
      Setting.text("model", "NAME", "Network, such as resnet20, resnet32, resnet18 or mlp.")
          .defaultsTo(known -> savedModel(known).map(SavedModelSettings::name).orElse("resnet20"))
          .essential();

  private static final Setting<Integer> LENGTH =
      Setting.count("epochs", "N", "Passes over the training images.")
          .defaultsTo(known -> DataSettings.isGenerated(known) ? GENERATED_EPOCHS : EPOCHS)
          .check(epochs -> epochs > 0, "> 0 epochs")
          .essential();

  public static final Setting<Integer> BATCH =
      Setting.count("batch", "N", "Images per batch.")
          .defaultsTo(128)
          .check(images -> images > 0, "> 0 images per batch")
          .essential();

  public static final Setting<Long> SEED =
      Setting.whole("seed", "SEED", "Seed of initial values, order and augmentation.")
          .defaultsTo(1L)
          .essential();

  private static final Setting<Double> LABEL_SMOOTHING =
      Setting.number("label-smoothing", "S", "Label smoothing of the training loss, in [0, 1).")
          .defaultsTo(0.0)
          .check(part -> part >= 0 && part < 1, "label smoothing in [0, 1)");

  private static final Setting<Integer> EVALUATION_EPOCHS =
      Setting.count(
              "eval-every",
              "EPOCHS",
              "Epochs between two evaluations; the last evaluation is at the end.")
          .defaultsTo(known -> DataSettings.isGenerated(known) ? GENERATED_EVALUATION_EPOCHS : 1)
          .check(epochs -> epochs > 0, "> 0 epochs between evaluations")
          .keptOutOfIdentity();

  private static final Setting<Integer> EVALUATION_IMAGES =
      Setting.count(
              "eval-images",
              "N",
              "Test images of the evaluations before the last, which uses all; 0 for all.")
          .defaultsTo(0)
          .check(images -> images >= 0, ">= 0 images of an evaluation (0 for all)")
          .keptOutOfIdentity();

  private static final Setting<Integer> CHECKPOINT_EPOCHS =
      Setting.count("checkpoint-every", "EPOCHS", "Epochs between two checkpoints.")
          .defaultsTo(1)
          .check(epochs -> epochs > 0, "> 0 epochs between checkpoints")
          .keptOutOfIdentity();

  public static final Setting<Integer> THREADS =
      Setting.count(
              "threads",
              "N",
              "Threads of TensorFlow, 0 for one per core. With 1, runs repeat to the bit.")
          .defaultsTo(0)
          .check(threads -> threads >= 0, ">= 0 threads (0 for TensorFlow's choice)")
          .keptOutOfIdentity()
          .essential();

  public static final Setting<Integer> DIAGNOSTICS =
      Setting.count(
              "diagnostics",
              "STEPS",
              "Steps between two measurements of every layer's curvature, written to"
                  + " diagnostics.csv and as TensorBoard scalars; 0 for none.")
          .defaultsTo(0)
          .check(steps -> steps >= 0, ">= 0 steps between diagnostics (0 for none)")
          .keptOutOfIdentity();

  private static final Setting<Boolean> ALLOW_NO_LAYERS =
      Setting.flag(
              "allow-no-layers",
              "Let a second-order optimizer train a network of which it captures no layer, hence"
                  + " without preconditioning.")
          .defaultsTo(false)
          .keptOutOfIdentity();

  /** The settings of a run of a classifier that is built, or loaded from a SavedModel. */
  public static final List<Setting<?>> TABLE =
      Stream.of(
              Stream.of(SavedModelSettings.FOLDER),
              DataSettings.TABLE.stream(),
              Setting.section("Network", List.of(MODEL)).stream(),
              SavedModelSettings.TABLE.stream(),
              Settings.replaced(
                  OptimizerSettings.TABLE,
                  OptimizerSettings.LEARNING_RATE.orDefaultsTo(RunSettings::fineTuningRate),
                  ofGenerated(OptimizerSettings.STATISTICS_PERIOD, GENERATED_STATISTICS_PERIOD),
                  ofGenerated(OptimizerSettings.INVERSE_PERIOD, GENERATED_INVERSE_PERIOD))
                  .stream(),
              Setting.section(
                  "Run",
                  List.of(
                      LENGTH,
                      BATCH,
                      SEED,
                      LABEL_SMOOTHING,
                      EVALUATION_EPOCHS,
                      EVALUATION_IMAGES,
                      CHECKPOINT_EPOCHS,
                      THREADS,
                      DIAGNOSTICS,
                      ALLOW_NO_LAYERS))
                  .stream())
          .<Setting<?>>flatMap(settings -> settings)
          .toList();

  /** Those of a network that is built. */
  public static final List<Setting<?>> BUILT =
      Settings.only(
          TABLE,
          false,
          Stream.concat(
                  Stream.of(SavedModelSettings.FOLDER.name()),
                  Settings.names(SavedModelSettings.TABLE).stream())
              .toList());

  /** Those of a network that is loaded, but for its folder. */
  public static final List<Setting<?>> LOADED =
      Settings.only(
          Settings.replaced(TABLE, SEED.described("Seed of order, augmentation and a new head.")),
          false,
          List.of(SavedModelSettings.FOLDER.name(), MODEL.name()));

  private static final List<String> OPTIONS = Settings.names(TABLE);

  public RunSettings {
    if (savedModel(all).isEmpty()) {
      Architectures.named(all.get(MODEL));
    }
    OptimizerSettings optimizer = new OptimizerSettings(all);
    optimizer.requireUsable();
    optimizer.requireDiagnosable();
  }

  private static Optional<Double> fineTuningRate(Settings known) {
    return savedModel(known)
        .map(
            model ->
                OptimizerSettings.preset(known)
                    .fineTuningRate(SavedModelSettings.hasNewHead(known)));
  }

  private static Setting<Long> ofGenerated(Setting<Long> setting, long period) {
    return setting.orDefaultsTo(
        known -> DataSettings.isGenerated(known) ? Optional.of(period) : Optional.empty());
  }

  private static Optional<SavedModelSettings> savedModel(Settings all) {
    return all.find(SavedModelSettings.FOLDER).map(folder -> new SavedModelSettings(all));
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
    RunSettings settings = new RunSettings(Settings.of(TABLE, given));
    settings.data();
    return settings;
  }

  /** The same with what had to be measured first. */
  RunSettings measured() {
    return new RunSettings(OptimizerSettings.measured(all));
  }

  /** The images. */
  public DataSettings data() {
    return new DataSettings(all);
  }

  /** Where the network comes from if it is a SavedModel. */
  public Optional<SavedModelSettings> savedModel() {
    return savedModel(all);
  }

  /** The optimizer. */
  public OptimizerSettings optimizer() {
    return new OptimizerSettings(all);
  }

  /** Name of the network. */
  public String model() {
    return all.get(MODEL);
  }

  /** Passes over the training images. */
  public int epochs() {
    return all.get(LENGTH);
  }

  /** Images per step. */
  public int batch() {
    return all.get(BATCH);
  }

  /** Seed of initial values, shuffling and augmentation. */
  public long seed() {
    return all.get(SEED);
  }

  /** Epochs between two evaluations. */
  int evaluationEpochs() {
    return all.get(EVALUATION_EPOCHS);
  }

  /** Test images of an evaluation before the last, 0 for all. */
  int evaluationImages() {
    return all.get(EVALUATION_IMAGES);
  }

  /** Epochs between two checkpoints. */
  int checkpointEpochs() {
    return all.get(CHECKPOINT_EPOCHS);
  }

  /** Steps between two measurements of every captured layer, 0 for none. */
  int diagnostics() {
    return all.get(DIAGNOSTICS);
  }

  /** The network. */
  public Architecture architecture() {
    return Architectures.named(model());
  }

  /** The network for a data set's images, with the loss that training minimizes. */
  public ClassifierSpec<TFloat32> classifier(ImageDataset images) {
    return ClassifierSpec.of(architecture(), images, TFloat32.class, seed())
        .withLoss(new SoftmaxCrossEntropy(all.get(LABEL_SMOOTHING)));
  }

  /**
   * Reads or draws the images, scaled as the network expects them.
   *
   * @throws io.github.tfkfac.models.data.DataException if the folder or a file is unusable
   */
  public DataSettings.Loaded images() {
    DataSettings.Loaded loaded = data().load();
    return savedModel().map(model -> model.scaled(loaded)).orElse(loaded);
  }

  /** The network with its optimizer in a new graph, to be closed by the caller. */
  public OpenNetwork open(DataSettings.Loaded images) {
    return open(images, TrainingWorkers.alone());
  }

  /** The same for a graph that several workers train. */
  public OpenNetwork open(DataSettings.Loaded images, TrainingWorkers workers) {
    Optional<SavedModelSettings> model = savedModel();
    return model.isPresent()
        ? OpenNetwork.of(
            model.get(),
            model.get().finetuning(all.get(LABEL_SMOOTHING), seed()),
            variables -> across(workers, optimizer().factory(totalSteps(images), variables)))
        : OpenNetwork.of(
            classifier(images.train()), across(workers, optimizer().factory(totalSteps(images))));
  }

  private OptimizerFactory across(TrainingWorkers workers, OptimizerFactory factory) {
    if (workers.isDivided()) {
      optimizer().requireDivisible();
    }
    return (diagnostics() > 0 ? new TimedFactory(factory) : factory).acrossWorkers(workers);
  }

  /** The threads of a session. */
  public SessionThreads sessionThreads() {
    return new SessionThreads(all.get(THREADS), all.get(THREADS));
  }

  /** Plan of the training batches. */
  BatchPlan batches(DataSettings.Loaded images) {
    return BatchPlan.training(images.train(), images.scaling(), batch(), seed())
        .withAugmentation(images.augmentation());
  }

  /** The part of a worker of each of them. */
  BatchPlan batches(DataSettings.Loaded images, TrainingWorkers workers) {
    return batches(images).withPart(workers.part());
  }

  /** Length of a complete run. */
  TrainingLength length() {
    return TrainingLength.epochs(epochs());
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
    if (savedModel().isPresent() || optimizer().dependsOnNetwork()) {
      openFitting(images, TrainingWorkers.alone()).close();
    }
  }

  /**
   * The network with its optimizer in a new graph, to be closed by the caller, if it fits.
   *
   * @throws UserError or IllegalArgumentException as {@link #requireFits} does
   */
  public OpenNetwork openFitting(DataSettings.Loaded images, TrainingWorkers workers) {
    BatchPlan batches = batches(images, workers);
    try {
      OpenNetwork network = open(images, workers);
      try {
        network.training().classifier().requireFits(batches);
        if (!all.get(ALLOW_NO_LAYERS) && network.training().optimizer() instanceof Kfac kfac) {
          CapturedLayers.require(model(), optimizer().name(), kfac);
        }
        return network;
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    } catch (IllegalStateException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Steps of a complete run. */
  long totalSteps(DataSettings.Loaded images) {
    return length().totalSteps(batches(images).batchesPerEpoch(), optimizer().accumulation());
  }

  /** Values that determine the run's numbers, by option name: equal values, equal runs. */
  public Map<String, String> values() {
    return all.identity();
  }

  /** Every option in effect, by name; {@link #of} makes the same settings of them again. */
  public Map<String, String> options() {
    return all.options();
  }
}
