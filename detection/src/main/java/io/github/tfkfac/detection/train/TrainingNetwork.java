package io.github.tfkfac.detection.train;

import io.github.tfkfac.ExampleMask;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.detection.arch.BoxOutput;
import io.github.tfkfac.detection.arch.Detector;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.FeaturePyramid;
import io.github.tfkfac.detection.arch.RpnOutput;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * A detector's training pass: from images and objects to the losses.
 *
 * <p>No gradient flows through proposals, regions and targets. Regions are padded to a fixed
 * number; the losses of padding weigh nothing, and {@link #exampleMasks} keeps it out of K-FAC's
 * statistics as well.
 *
 * @param inputs what is fed
 * @param pyramid feature maps
 * @param anchors outputs of the proposal head for every anchor
 * @param proposals the chosen proposals
 * @param regions what the heads are trained on
 * @param boxes outputs of the box head for every region
 * @param masks logits of the mask head of every region with an object, {@code [N·P, m, m, regions]}
 * @param maskTargets {@code [N·P, m, m]}
 * @param losses what is trained on
 * @param total their sum, a scalar
 */
public record TrainingNetwork<T extends TNumber>(
    TrainingInputs inputs,
    FeaturePyramid<T> pyramid,
    RpnOutput<T> anchors,
    Proposals<T> proposals,
    Regions<T> regions,
    BoxOutput<T> boxes,
    Optional<Operand<T>> masks,
    Optional<Operand<T>> maskTargets,
    BatchLosses<T> losses,
    Operand<T> total) {

  /** Layers that see regions, by the names of their weights. */
  private static final NamePattern BOX_HEAD = new NamePattern("roi_heads/box_*");

  /** Layers that see regions with an object. */
  private static final NamePattern MASK_HEAD = new NamePattern("roi_heads/mask_*");

  /**
   * Adds the pass to a graph.
   *
   * @param tf operations at the root of the graph
   * @param store owner of the variables
   * @param batchSize images per batch
   * @param sampling which of too many regions are trained on
   * @param features how the features of regions are computed
   */
  public static <T extends TNumber> TrainingNetwork<T> build(
      Ops tf,
      ParameterStore<T> store,
      DetectorConfig config,
      int batchSize,
      Sampling sampling,
      RegionFeatures features) {
    TrainingInputs inputs =
        TrainingInputs.create(
            tf.withSubScope("inputs"),
            batchSize,
            config.proposals().samples().perImage(),
            config.masks().isPresent()
                ? TrainingInputs.ObjectMasks.FED
                : TrainingInputs.ObjectMasks.NONE);
    LayerContext<T> root = LayerContext.training(tf, store, inputs.step());
    return new Builder<>(root, config, inputs, sampling, features).build();
  }

  /**
   * Masks of the valid rows of the heads' layers, those that are not padding, for {@code
   * Kfac.masked}.
   */
  public List<ExampleMask> exampleMasks(Ops tf) {
    List<ExampleMask> all = new ArrayList<>();
    all.add(new ExampleMask(BOX_HEAD, regions.real(tf)));
    if (masks.isPresent()) {
      all.add(new ExampleMask(MASK_HEAD, regions.positives().real(tf)));
    }
    return all;
  }

  /** State shared by all steps of the construction. */
  private record Builder<T extends TNumber>(
      LayerContext<T> root,
      DetectorConfig config,
      TrainingInputs inputs,
      Sampling sampling,
      RegionFeatures features) {

    TrainingNetwork<T> build() {
      Ops tf = root.tf();
      DetectorParts parts = new DetectorParts(config);
      Detector detector = new Detector(config);
      Operand<T> images = cast(inputs.images());
      FeaturePyramid<T> pyramid = detector.pyramid(root, images);
      RpnOutput<T> anchors = detector.proposals(root, pyramid);
      Proposals<T> proposals =
          Proposals.select(
              tf, parts, config.proposals().training(), images, inputs.sizes(), pyramid, anchors);
      Regions<T> regions = Regions.sample(tf, parts.regionSampler(sampling), inputs, proposals);
      BoxOutput<T> boxes =
          detector.boxes(
              root,
              parts
                  .boxPooling(features)
                  .pool(tf, pyramid.regionLevels(), regions.boxes(), regions.images()));
      Optional<Operand<T>> masks = Optional.empty();
      Optional<Operand<T>> targets = Optional.empty();
      if (inputs.masks().isPresent()) {
        Regions.Positives<T> positives = regions.positives();
        masks =
            Optional.of(
                detector.masks(
                    root,
                    parts
                        .maskPooling(features)
                        .pool(tf, pyramid.regionLevels(), positives.boxes(), positives.images())));
        targets =
            Optional.of(
                parts
                    .maskTargets()
                    .targets(
                        tf,
                        inputs.masks().get(),
                        inputs.sizes(),
                        positives.boxes(),
                        positives.images(),
                        positives.matched()));
      }
      BatchLosses<T> losses = losses(anchors, regions, boxes, masks, targets);
      return new TrainingNetwork<>(
          inputs,
          pyramid,
          anchors,
          proposals,
          regions,
          boxes,
          masks,
          targets,
          losses,
          losses.total(tf));
    }

    private BatchLosses<T> losses(
        RpnOutput<T> anchors,
        Regions<T> regions,
        BoxOutput<T> boxes,
        Optional<Operand<T>> masks,
        Optional<Operand<T>> maskTargets) {
      Ops tf = root.tf();
      DetectorProfile profile = config.profile();
      Operand<T> anchorLabels = cast(inputs.anchorLabels());
      Operand<T> anchorWeights = cast(inputs.anchorWeights());
      Operand<T> sampledAnchors = sum(anchorWeights);
      Operand<T> sampledRegions = sum(regions.weights());
      Regions.Positives<T> positives = regions.positives();
      return new BatchLosses<>(
          Losses.sigmoid(
              tf,
              Losses.atSamples(tf, anchors.allLogits(tf), inputs.anchors()),
              anchorLabels,
              anchorWeights,
              sampledAnchors),
          Losses.deltas(
              tf,
              profile.proposalLoss(),
              Losses.atSamples(tf, anchors.allDeltas(tf), inputs.anchors()),
              cast(inputs.anchorDeltas()),
              anchorLabels,
              sampledAnchors),
          Losses.softmax(tf, boxes.logits(), regions.labels(), regions.weights(), sampledRegions),
          Losses.deltas(
              tf,
              profile.boxLoss(),
              Losses.ownClass(tf, boxes.deltas(), regions.labels()),
              regions.deltas(),
              regions.positive(),
              sampledRegions),
          masks.map(
              logits ->
                  Losses.mask(
                      tf,
                      logits,
                      positives.labels(),
                      maskTargets.orElseThrow(),
                      positives.weights(),
                      sum(positives.weights()))));
    }

    private Operand<T> sum(Operand<T> values) {
      Ops tf = root.tf();
      return tf.reduceSum(tf.reshape(values, tf.array(-1)), tf.constant(0));
    }

    private Operand<T> cast(Operand<? extends TNumber> values) {
      return root.tf().dtypes.cast(values, root.type());
    }
  }

  /**
   * The losses of a batch, scalars.
   *
   * <p><i>Scale</i>: the first two are sums divided by the number of sampled anchors, the third and
   * fourth by that of sampled regions, the last is the mean over regions with an object; all over
   * the whole batch, 0 where there is nothing to divide by.
   *
   * @param objectness cross-entropy of the proposal network's logits
   * @param proposals loss of its deltas
   * @param classes cross-entropy of the box head's logits
   * @param boxes loss of its deltas
   * @param masks cross-entropy of the mask head, if there is one
   */
  public record BatchLosses<T extends TNumber>(
      Operand<T> objectness,
      Operand<T> proposals,
      Operand<T> classes,
      Operand<T> boxes,
      Optional<Operand<T>> masks) {

    private static final List<String> NAMES =
        List.of("objectness", "proposal boxes", "classes", "boxes", "masks");

    /** All terms. */
    public List<Operand<T>> terms() {
      List<Operand<T>> terms = new ArrayList<>(List.of(objectness, proposals, classes, boxes));
      masks.ifPresent(terms::add);
      return terms;
    }

    /** The same by name, in order. */
    public Map<String, Operand<? extends TNumber>> byName() {
      Map<String, Operand<? extends TNumber>> byName = new LinkedHashMap<>();
      terms().forEach(term -> byName.put(NAMES.get(byName.size()), term));
      return byName;
    }

    /** Their sum, which is trained on. */
    public Operand<T> total(Ops tf) {
      return tf.math.addN(terms());
    }
  }
}
