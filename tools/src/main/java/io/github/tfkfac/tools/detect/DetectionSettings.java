package io.github.tfkfac.tools.detect;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.SharedUses;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.MaskSettings;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.RandomMirror;
import io.github.tfkfac.detection.data.Resize;
import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.train.DetectorCurvature;
import io.github.tfkfac.detection.train.DetectorCurvature.FirstDense;
import io.github.tfkfac.detection.train.DetectorOptimizer;
import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.models.weights.PyTorchWeights;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.DiagnosticsProbe;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Form;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that decides the training of a detector.
 *
 * @param all the settings in effect
 */
public record DetectionSettings(Settings all) {

  private static final String SMALL = "small";
  private static final String TORCHVISION = "torchvision";
  private static final String FALLS = "the learning rate of a detector falls at --drops; leave ";

  private static final Setting<List<Long>> IDS =
      new Setting<>(
              "ids",
              "ID[,ID...]",
              Form.numbers(Long::valueOf),
              "Train on the images of these ids, of either part, and evaluate on them too.")
          .defaultsTo(List.<Long>of());

  private static final Setting<String> DETECTOR =
      Setting.oneOf(
              "detector",
              "detector",
              List.of(SMALL, "resnet18", "resnet34", "resnet50", "resnet101"),
              "small (ResNet-18 with GroupNorm, from scratch, for images of about 128 pixels), or"
                  + " the published recipe with the backbone resnet18, resnet34, resnet50 or"
                  + " resnet101.")
          .defaultsTo(SMALL)
          .essential();

  private static final Setting<Boolean> MASKS =
      Setting.flag("masks", "Learn masks too: Mask R-CNN.").defaultsTo(false).essential();

  private static final Setting<String> PROFILE =
      Setting.oneOf(
              "profile",
              "profile",
              List.of("mmdetection", TORCHVISION),
              "Conventions of mmdetection or torchvision.")
          .defaultsTo("mmdetection");

  /** Epsilon of the fixed batch normalization; detectors of older records have the usual one. */
  private static final Setting<Double> NORM_EPSILON =
      Setting.number(
              "norm-eps",
              "EPSILON",
              "Added to the variance by the backbone's fixed batch normalization, by default 1e-5,"
                  + " but 0 with --profile torchvision and its detectors' weights COCO_V1 for"
                  + " --weights.")
          .settled(
              (known, epsilon) -> {
                if (isSmall(known)) {
                  throw new UserError(
                      "the detector small has no fixed batch normalization; leave --norm-eps out");
                }
                return epsilon;
              })
          .identityIf(epsilon -> epsilon != DetectorProfile.USUAL_EPSILON);

  private static final Setting<Integer> SHORT_SIDE =
      Setting.count("short-side", "PIXELS", "Shorter side of the network's images at most.")
          .defaultsTo(known -> isSmall(known) ? 128 : Resize.SHORT_SIDE);

  private static final Setting<Integer> LONG_SIDE =
      Setting.count("long-side", "PIXELS", "Longer side at most; of small twice the shorter.")
          .defaultsTo(known -> isSmall(known) ? 2 * known.get(SHORT_SIDE) : Resize.LONG_SIDE);

  private static final Setting<String> WEIGHTS =
      Setting.text(
              "weights",
              "FILE",
              "Weights of a torchvision ResNet, or of a torchvision detector, as .npz to start"
                  + " from; a detector's last layers too if its classes fit.")
          .defaultsTo("")
          .essential();

  private static final Setting<Long> WARM_UP_STEPS =
      OptimizerSettings.WARM_UP_STEPS.defaultsTo(known -> isSmall(known) ? 50L : 500L);

  private static final Setting<Integer> BATCH =
      Setting.count("batch", "N", "Images per step.")
          .defaultsTo(2)
          .check(images -> images > 0, "> 0 images per step")
          .essential();

  private static final Setting<Integer> RATE_BATCH =
      Setting.count(
              "rate-batch",
              "N",
              "Images per step that --lr is stated for; it is scaled to --batch. Of small the same"
                  + " as --batch.")
          .defaultsTo(known -> isSmall(known) ? known.get(BATCH) : 16)
          .check(images -> images > 0, "> 0 images that the learning rate is stated for");

  private static final Setting<List<Double>> DROPS =
      new Setting<>(
              "drops",
              "PART[,PART...]",
              Form.numbers(Double::valueOf),
              "Parts of the run after which the learning rate falls to a tenth.")
          .defaultsTo(known -> isSmall(known) ? List.of(0.8) : List.of(0.6667, 0.9167))
          .settled(
              (known, drops) -> {
                if (!drops.stream().allMatch(part -> part > 0 && part < 1)) {
                  throw new IllegalArgumentException(
                      "expected parts of the run between 0 and 1 as drops, found " + drops);
                }
                return drops;
              });

  private static final Setting<FirstDense> FIRST_DENSE =
      new Setting<>(
              "fc6",
              "KIND",
              Form.oneOf(
                  "treatment of fc6",
                  Form.ordered(
                      Map.entry("full", FirstDense.FULL),
                      Map.entry("blocks", FirstDense.BLOCKS),
                      Map.entry("plain", FirstDense.PLAIN))),
              "Factor of the box head's first dense layer: full, blocks (one per row of a region)"
                  + " or plain (none).")
          .defaultsTo(FirstDense.BLOCKS);

  private static final Setting<SharedUses> LEVELS =
      new Setting<>(
              "levels",
              "KIND",
              Form.oneOf(
                  "treatment of levels",
                  Form.ordered(
                      Map.entry("pooled", SharedUses.POOLED),
                      Map.entry("sequential", SharedUses.SEQUENTIAL))),
              "The pyramid's levels in the factors of the proposal head: pooled, or sequential (an"
                  + " update of the averages for each).")
          .defaultsTo(SharedUses.POOLED);

  private static final Setting<Long> STEPS =
      Setting.whole("steps", "N", "Training steps; of the published recipes twelve epochs of COCO.")
          .defaultsTo(known -> isSmall(known) ? 400 : 12 * 7330L)
          .check(steps -> steps > 0, "> 0 steps")
          .essential();

  private static final Setting<Boolean> MIRROR =
      Setting.flag("mirror", "Mirror every second training image.").defaultsTo(true);

  private static final Setting<Boolean> SKIP_BAD_IMAGES =
      Setting.flag(
              "skip-bad-images",
              "Go on without images that cannot be read, naming each, instead of ending at the"
                  + " first; an evaluated one counts as one in which nothing was found.")
          .defaultsTo(false);

  private static final Setting<Long> SEED =
      Setting.whole("seed", "SEED", "Seed of initial values, order, mirroring and samples.")
          .defaultsTo(1L)
          .essential();

  private static final Setting<Long> EVALUATION_STEPS =
      steps("eval-every", "Steps between two evaluations, 0 for one at the end.", "evaluations");

  private static final Setting<Long> CHECKPOINT_STEPS =
      steps(
          "checkpoint-every",
          "Steps between two checkpoints, 0 for one at the end.",
          "checkpoints");

  private static final Setting<Integer> THREADS = RunSettings.THREADS;

  /** The settings of a detector's run. */
  public static final List<Setting<?>> TABLE =
      Stream.of(
              Setting.section("Images", DetectionData.TABLE),
              Setting.section("Images", List.of(IDS)),
              Setting.section(
                  "Detector",
                  List.of(DETECTOR, MASKS, PROFILE, NORM_EPSILON, SHORT_SIDE, LONG_SIDE, WEIGHTS)),
              Settings.replaced(
                  OptimizerSettings.TABLE,
                  Stream.concat(
                          DetectorRates.defaults().stream(),
                          Stream.of(
                              WARM_UP_STEPS,
                              OptimizerSettings.SCHEDULE.rejected(FALLS + "--schedule out"),
                              OptimizerSettings.LAST_FACTOR.rejected(FALLS + "--last-factor out")))
                      .toArray(Setting<?>[]::new)),
              Setting.section("Optimizer", List.of(BATCH, RATE_BATCH, DROPS, FIRST_DENSE, LEVELS)),
              Setting.section(
                  "Run",
                  List.of(
                      STEPS,
                      MIRROR,
                      SKIP_BAD_IMAGES,
                      SEED,
                      EVALUATION_STEPS,
                      CHECKPOINT_STEPS,
                      THREADS,
                      RunSettings.DIAGNOSTICS)))
          .flatMap(List::stream)
          .toList();

  private static Setting<Long> steps(String name, String help, String what) {
    return Setting.whole(name, "STEPS", help)
        .defaultsTo(known -> isSmall(known) ? 200L : 7330L)
        .check(steps -> steps >= 0, ">= 0 steps between " + what)
        .keptOutOfIdentity();
  }

  static boolean isSmall(Settings known) {
    return known.get(DETECTOR).equals(SMALL);
  }

  /** The names of all options that {@link #of} understands, without dashes. */
  public static List<String> optionNames() {
    return Settings.names(TABLE);
  }

  /** Settings from option values by name; defaults depend on the detector and the optimizer. */
  public static DetectionSettings of(Map<String, String> given) {
    DetectionSettings settings = new DetectionSettings(Settings.of(TABLE, given));
    settings.data();
    OptimizerSettings optimizer = settings.optimizer();
    optimizer.requireUses(given.keySet());
    optimizer.requireDiagnosable();
    return settings;
  }

  /** Where the images lie; shapes are drawn if nothing is named. */
  public DetectionData data() {
    return DetectionData.of(all);
  }

  /** Images that are trained on and evaluated; all if there are none. */
  public List<Long> ids() {
    return all.get(IDS);
  }

  /** Whether masks are learned. */
  public boolean masks() {
    return all.get(MASKS);
  }

  boolean likeTorchvision() {
    return all.get(PROFILE).equals(TORCHVISION);
  }

  /** Shorter side of the network's images at most. */
  public int shortSide() {
    return all.get(SHORT_SIDE);
  }

  /** Longer side at most. */
  public int longSide() {
    return all.get(LONG_SIDE);
  }

  /** Weights as .npz, if the training starts from some. */
  public Optional<Path> weights() {
    return all.find(WEIGHTS).filter(text -> !text.isEmpty()).map(Path::of);
  }

  /** The optimizer; it has no schedule of its own. */
  public OptimizerSettings optimizer() {
    return new OptimizerSettings(all);
  }

  /** Images per step that the learning rate is stated for; it is scaled to the batch. */
  public int rateBatch() {
    return all.get(RATE_BATCH);
  }

  /** Steps of linear warm-up. */
  public long warmUpSteps() {
    return all.get(WARM_UP_STEPS);
  }

  /** Parts of the run after which the rate falls to a tenth. */
  public List<Double> drops() {
    return all.get(DROPS);
  }

  /** Training steps. */
  public long steps() {
    return all.get(STEPS);
  }

  /** Images per batch. */
  public int batch() {
    return all.get(BATCH);
  }

  /** Whether the run continues without images that cannot be read. */
  public boolean skipBadImages() {
    return all.get(SKIP_BAD_IMAGES);
  }

  /** Seed of initial values, order, mirroring and samples. */
  public long seed() {
    return all.get(SEED);
  }

  /** Steps between two evaluations, 0 for one at the end. */
  public long evaluationSteps() {
    return all.get(EVALUATION_STEPS);
  }

  /** Steps between two checkpoints, 0 for one at the end. */
  public long checkpointSteps() {
    return all.get(CHECKPOINT_STEPS);
  }

  /** Steps between two measurements of every captured layer, 0 for none. */
  int diagnostics() {
    return all.get(RunSettings.DIAGNOSTICS);
  }

  /** Threads of TensorFlow, 0 for its choice. */
  public int threads() {
    return all.get(THREADS);
  }

  /** The detector for this many classes. */
  public DetectorConfig config(int classes) {
    String detector = all.get(DETECTOR);
    DetectorConfig config =
        isSmall(all)
            ? DetectorConfig.small(classes)
            : DetectorConfig.fasterRcnn(Integer.parseInt(detector.substring("resnet".length())))
                .withClasses(classes);
    if (masks()) {
      config =
          config.withMasks(
              isSmall(all)
                  ? MaskSettings.usual().withChannels(config.pyramidChannels())
                  : MaskSettings.usual());
    }
    DetectorProfile conventions =
        likeTorchvision() ? DetectorProfile.torchvision() : config.profile();
    return config.withProfile(
        all.find(NORM_EPSILON).map(conventions::withNormalizationEpsilon).orElse(conventions));
  }

  /**
   * The same with the epsilon that goes with the weights, unless it is stated: 0 with torchvision's
   * conventions and a whole detector of its weights COCO_V1.
   */
  DetectionSettings forWeights() {
    Optional<Path> file = weights().filter(Files::isRegularFile);
    if (!likeTorchvision()
        || isSmall(all)
        || all.find(NORM_EPSILON).isPresent()
        || file.isEmpty()) {
      return this;
    }
    double epsilon = new StartingWeights(PyTorchWeights.read(file.get())).normEpsilon();
    return new DetectionSettings(all.with(Map.of(NORM_EPSILON.name(), Double.toString(epsilon))));
  }

  /** Factory of the optimizer. */
  public DetectorOptimizer optimizers(DetectorConfig config) {
    return kfac(config)
        .map(OptimizerSettings::measured)
        .map(options -> diagnosed(DetectorOptimizer.kfac(options)))
        .orElseGet(
            () ->
                DetectorOptimizer.firstOrder(
                    optimizer().training(steps()).withLearningRate(DetectorRates.schedule(this))));
  }

  private DetectorOptimizer diagnosed(DetectorOptimizer optimizer) {
    return diagnostics() > 0
        ? (graph, masks) -> DiagnosticsProbe.timed(optimizer.create(graph, masks))
        : optimizer;
  }

  /** The options of a second-order optimizer; empty for one of first order. */
  public Optional<KfacOptions> kfac(DetectorConfig config) {
    return optimizer()
        .kfac(steps())
        .map(
            options ->
                new DetectorCurvature(all.get(FIRST_DENSE), all.get(LEVELS))
                    .applyTo(options.withLearningRate(DetectorRates.schedule(this)), config));
  }

  /** Plan of the training batches. */
  DetectionPlan training(DetectionImages images, UnreadableImages unreadable) {
    DetectionPlan plan = DetectionPlan.training(images.train(), resize(), batch(), seed());
    return plan.withUnreadable(unreadable)
        .withPreparation(
            plan.preparation()
                .withMirror(
                    all.get(MIRROR)
                        ? new RandomMirror(RandomMirror.PUBLISHED, seed())
                        : RandomMirror.never())
                .withMasks(masks() ? Masks.BITMAPS : Masks.NONE));
  }

  /** Plan of the evaluation batches. */
  DetectionPlan evaluation(
      DetectionImages images, TrainingWorkers workers, UnreadableImages unreadable) {
    int networkBatch = workers.part().size(batch());
    return DetectionPlan.evaluation(images.val(), resize(), networkBatch)
        .withUnreadable(unreadable);
  }

  /** Treatment of images that cannot be read. */
  UnreadableImages unreadable(UnreadableImages.Listener listener) {
    return skipBadImages() ? new UnreadableImages.Skip(listener) : new UnreadableImages.Fail();
  }

  /** Resizing of the images. */
  Resize resize() {
    return new Resize(config(1).profile().resize(), shortSide(), longSide());
  }

  /** A short name for folders and tables. */
  public String name() {
    return (masks() ? "mask-rcnn-" : "faster-rcnn-") + all.get(DETECTOR);
  }

  /** Values that determine the run's numbers, by option name. */
  public Map<String, String> values() {
    return all.identity();
  }

  /** Every option in effect, by name; {@link #of} makes the same settings of them again. */
  public Map<String, String> options() {
    return all.options();
  }
}
