package io.github.tfkfac.tools.detect;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.MaskSettings;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.RandomMirror;
import io.github.tfkfac.detection.data.Resize;
import io.github.tfkfac.detection.data.UnreadableImages;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.train.DetectorOptimizer;
import io.github.tfkfac.models.weights.PyTorchWeights;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.OptionValues;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything that decides the training of a detector.
 *
 * @param data where the images lie; shapes are drawn if nothing is named
 * @param ids images that are trained on and evaluated; all if there are none
 * @param detector {@code small}, or the backbone of the published recipes, {@code resnet18} to
 *     {@code resnet101}
 * @param masks whether masks are learned
 * @param profile {@code mmdetection} or {@code torchvision}
 * @param normEpsilon epsilon of the backbone's fixed batch normalization, if it is known already
 * @param shortSide shorter side of the network's images at most
 * @param longSide longer side at most
 * @param weights backbone weights as .npz, if the training starts from some
 * @param optimizer the optimizer; its own schedule is not used
 * @param rateBatch images per step that the learning rate is stated for; it is scaled to the batch
 * @param warmUpSteps steps of linear warm-up
 * @param drops parts of the run after which the rate falls to a tenth
 * @param firstDense what is kept of the factor of the box head's first dense layer
 * @param levels how the pyramid's levels enter the factors of the proposal head
 * @param steps training steps
 * @param batch images per step
 * @param mirror whether every second image is mirrored
 * @param skipBadImages whether the run continues without images that cannot be read
 * @param seed of initial values, order, mirroring and samples
 * @param evaluationSteps steps between two evaluations, 0 for one at the end
 * @param checkpointSteps steps between two checkpoints, 0 for one at the end
 * @param threads threads of TensorFlow, 0 for its choice
 */
public record DetectionSettings(
    DetectionData data,
    List<Long> ids,
    String detector,
    boolean masks,
    String profile,
    Optional<Double> normEpsilon,
    int shortSide,
    int longSide,
    Optional<Path> weights,
    OptimizerSettings optimizer,
    int rateBatch,
    long warmUpSteps,
    List<Double> drops,
    String firstDense,
    String levels,
    long steps,
    int batch,
    boolean mirror,
    boolean skipBadImages,
    long seed,
    long evaluationSteps,
    long checkpointSteps,
    int threads) {

  /** Epsilon of the fixed batch normalization; detectors of older records have the usual one. */
  private static final String NORM_EPSILON = "norm-eps";

  private static final String SMALL = "small";
  private static final List<String> DETECTORS =
      List.of(SMALL, "resnet18", "resnet34", "resnet50", "resnet101");
  private static final List<String> PROFILES = List.of("mmdetection", "torchvision");
  private static final List<String> OWN =
      List.of(
          "ids",
          "detector",
          "masks",
          "profile",
          NORM_EPSILON,
          "short-side",
          "long-side",
          "weights",
          "rate-batch",
          "warmup-steps",
          "drops",
          "fc6",
          "levels",
          "steps",
          "batch",
          "mirror",
          "skip-bad-images",
          "seed",
          "eval-every",
          "checkpoint-every",
          "threads");

  public DetectionSettings {
    ids = List.copyOf(ids);
    drops = List.copyOf(drops);
    Suggestions.require("detector", detector, DETECTORS);
    Suggestions.require("profile", profile, PROFILES);
    requirePositive("steps", steps);
    requirePositive("images per step", batch);
    requirePositive("images that the learning rate is stated for", rateBatch);
    if (!drops.stream().allMatch(part -> part > 0 && part < 1)) {
      throw new IllegalArgumentException(
          "expected parts of the run between 0 and 1 as drops, found " + drops);
    }
    requireNotNegative("steps of warm-up", warmUpSteps);
    requireNotNegative("steps between evaluations", evaluationSteps);
    requireNotNegative("steps between checkpoints", checkpointSteps);
    requireNotNegative("threads", threads);
    CurvatureOptions.of(firstDense, levels);
  }

  /** The names of all options that {@link #of} understands, without dashes. */
  public static List<String> optionNames() {
    return Stream.of(DetectionData.OPTIONS, OWN, OptimizerSettings.optionNames())
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  /** Settings from option values by name; defaults depend on the detector and the optimizer. */
  public static DetectionSettings of(Map<String, String> given) {
    OptionValues options = new OptionValues(given);
    options.requireKnown(optionNames());
    for (String unused : List.of("schedule", "last-factor")) {
      if (given.containsKey(unused)) {
        throw new UserError(
            "the learning rate of a detector falls at --drops; leave --" + unused + " out");
      }
    }
    String detector = options.text("detector", SMALL);
    boolean small = detector.equals(SMALL);
    if (small && given.containsKey(NORM_EPSILON)) {
      throw new UserError(
          "the detector small has no fixed batch normalization; leave --norm-eps out");
    }
    Map<String, String> optimizing = new LinkedHashMap<>(given);
    OWN.forEach(optimizing::remove);
    DetectionData.OPTIONS.forEach(optimizing::remove);
    DetectorRates.of(options.text("optimizer", "nkfac"), small).forEach(optimizing::putIfAbsent);
    int batch = options.count("batch", 2);
    long steps = options.whole("steps", small ? 400 : 12 * 7330L);
    int shortSide = options.count("short-side", small ? 128 : Resize.SHORT_SIDE);
    return new DetectionSettings(
        DetectionData.of(options),
        options.numbers("ids", "", Long::valueOf),
        detector,
        options.flag("masks", false),
        options.text("profile", PROFILES.get(0)),
        options.text(NORM_EPSILON).map(text -> options.number(NORM_EPSILON, 0)),
        shortSide,
        options.count("long-side", small ? 2 * shortSide : Resize.LONG_SIDE),
        options.text("weights").filter(text -> !text.isEmpty()).map(Path::of),
        OptimizerSettings.of(optimizing),
        options.count("rate-batch", small ? batch : 16),
        options.whole("warmup-steps", small ? 50 : 500),
        options.numbers("drops", small ? "0.8" : "0.6667,0.9167", Double::valueOf),
        options.text("fc6", "blocks"),
        options.text("levels", "pooled"),
        steps,
        batch,
        options.flag("mirror", true),
        options.flag("skip-bad-images", false),
        options.whole("seed", 1),
        options.whole("eval-every", small ? 200 : 7330),
        options.whole("checkpoint-every", small ? 200 : 7330),
        options.count("threads", 0));
  }

  /** The detector for this many classes. */
  public DetectorConfig config(int classes) {
    DetectorConfig config =
        detector.equals(SMALL)
            ? DetectorConfig.small(classes)
            : DetectorConfig.fasterRcnn(Integer.parseInt(detector.substring("resnet".length())))
                .withClasses(classes);
    if (masks) {
      config =
          config.withMasks(
              detector.equals(SMALL)
                  ? MaskSettings.usual().withChannels(config.pyramidChannels())
                  : MaskSettings.usual());
    }
    DetectorProfile conventions =
        profile.equals("torchvision") ? DetectorProfile.torchvision() : config.profile();
    return config.withProfile(
        normEpsilon.map(conventions::withNormalizationEpsilon).orElse(conventions));
  }

  /**
   * The same with the epsilon that goes with the weights, unless it is stated: 0 with torchvision's
   * conventions and a whole detector of its weights COCO_V1.
   */
  DetectionSettings forWeights() {
    boolean torchvision = profile.equals("torchvision") && !detector.equals(SMALL);
    if (!torchvision
        || normEpsilon.isPresent()
        || !weights.filter(Files::isRegularFile).isPresent()) {
      return this;
    }
    StartingWeights file = new StartingWeights(PyTorchWeights.read(weights.get()));
    Map<String, String> options = new LinkedHashMap<>(options());
    options.put(NORM_EPSILON, Double.toString(file.normEpsilon()));
    return of(options);
  }

  /** Factory of the optimizer. */
  public DetectorOptimizer optimizers(DetectorConfig config) {
    return kfac(config)
        .map(DetectorOptimizer::kfac)
        .orElseGet(
            () ->
                DetectorOptimizer.firstOrder(
                    optimizer.training(steps).withLearningRate(DetectorRates.schedule(this))));
  }

  /** The options of a second-order optimizer; empty for one of first order. */
  public Optional<KfacOptions> kfac(DetectorConfig config) {
    return optimizer
        .kfac(steps)
        .map(
            options ->
                CurvatureOptions.of(firstDense, levels)
                    .applyTo(options.withLearningRate(DetectorRates.schedule(this)), config));
  }

  /** Plan of the training batches. */
  DetectionPlan training(DetectionImages images, UnreadableImages unreadable) {
    DetectionPlan plan = DetectionPlan.training(images.train(), resize(), batch, seed);
    return plan.withUnreadable(unreadable)
        .withPreparation(
            plan.preparation()
                .withMirror(
                    mirror ? new RandomMirror(RandomMirror.PUBLISHED, seed) : RandomMirror.never())
                .withMasks(masks ? Masks.BITMAPS : Masks.NONE));
  }

  /** Plan of the evaluation batches. */
  DetectionPlan evaluation(DetectionImages images, UnreadableImages unreadable) {
    return DetectionPlan.evaluation(images.val(), resize(), batch).withUnreadable(unreadable);
  }

  /** Treatment of images that cannot be read. */
  UnreadableImages unreadable(UnreadableImages.Listener listener) {
    return skipBadImages ? new UnreadableImages.Skip(listener) : new UnreadableImages.Fail();
  }

  /** Resizing of the images. */
  Resize resize() {
    return new Resize(config(1).profile().resize(), shortSide, longSide);
  }

  /** A short name for folders and tables. */
  public String name() {
    return (masks ? "mask-rcnn-" : "faster-rcnn-") + detector;
  }

  /** Values that determine the run's numbers, by option name. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("ids", ids.stream().map(String::valueOf).collect(Collectors.joining(",")));
    values.put("detector", detector);
    values.put("masks", Boolean.toString(masks));
    values.put("profile", profile);
    normEpsilon
        .filter(epsilon -> epsilon != DetectorProfile.USUAL_EPSILON)
        .ifPresent(epsilon -> values.put(NORM_EPSILON, Double.toString(epsilon)));
    values.put("short-side", Integer.toString(shortSide));
    values.put("long-side", Integer.toString(longSide));
    values.put("weights", weights.map(Path::toString).orElse(""));
    optimizer
        .values()
        .forEach(
            (name, value) -> {
              if (!List.of("schedule", "last-factor").contains(name)) {
                values.put(name, value);
              }
            });
    values.put("rate-batch", Integer.toString(rateBatch));
    values.put("warmup-steps", Long.toString(warmUpSteps));
    values.put("drops", drops.stream().map(String::valueOf).collect(Collectors.joining(",")));
    values.put("fc6", firstDense);
    values.put("levels", levels);
    values.put("steps", Long.toString(steps));
    values.put("batch", Integer.toString(batch));
    values.put("mirror", Boolean.toString(mirror));
    values.put("skip-bad-images", Boolean.toString(skipBadImages));
    values.put("seed", Long.toString(seed));
    return values;
  }

  /** Every option in effect, by name; {@link #of} makes the same settings of them again. */
  public Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>(values());
    options.putAll(data.options());
    normEpsilon.ifPresent(epsilon -> options.put(NORM_EPSILON, Double.toString(epsilon)));
    options.put("eval-every", Long.toString(evaluationSteps));
    options.put("checkpoint-every", Long.toString(checkpointSteps));
    options.put("threads", Integer.toString(threads));
    return options;
  }

  private static void requirePositive(String what, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected > 0 " + what + ", found " + value);
    }
  }

  private static void requireNotNegative(String what, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("expected >= 0 " + what + ", found " + value);
    }
  }
}
