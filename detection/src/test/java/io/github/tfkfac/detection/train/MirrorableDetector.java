package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.arch.AnchorSettings;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.MaskSettings;
import io.github.tfkfac.detection.arch.ProposalSettings;
import io.github.tfkfac.detection.arch.RegionSettings;
import io.github.tfkfac.detection.assign.RpnTargets;
import io.github.tfkfac.detection.assign.SampleSize;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Size;
import io.github.tfkfac.models.arch.ImageScale;
import io.github.tfkfac.models.arch.ResNet;
import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.arch.ResidualBlock;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.layer.Parameter;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * A Mask R-CNN in float64 all of whose parts have a mirror image.
 *
 * <p>It has one stage, as the pyramid's enlargement by nearest neighbors has none between odd
 * widths. Regions are pooled with pixel centers at whole numbers: only so have images, anchors and
 * regions of both levels the same axis, {@code x → SPAN − x}. Images are said to be one pixel
 * narrower than they are, so that boxes are clipped to {@code [0, SPAN]}. All anchors and proposals
 * are trained.
 */
final class MirrorableDetector implements AutoCloseable {

  static final int HEIGHT = 48;
  static final int WIDTH = 65;
  static final int SPAN = WIDTH - 1;

  /** Narrower regions would be widened to one side. */
  private static final double FEATURE_PIXEL = 4;

  private static final double STIRRING = 0.1;
  private static final int ANCHORS = 12 * 17 * 3 + 6 * 9 * 3;

  final TrainingUnderTest<TFloat64> training;
  final InferenceNetwork<TFloat64> inference;
  final DetectorParts parts;
  private final List<Op> mirroring;
  private final List<Op> stirring;

  MirrorableDetector(long seed) {
    DetectorConfig config = config();
    parts = new DetectorParts(config);
    training =
        new TrainingUnderTest<>(
            config, 1, TFloat64.class, new Sampling.First(), RegionFeatures.GATHER);
    Ops tf = training.tf;
    inference = InferenceNetwork.build(tf, training.store, config, 1, RegionFeatures.GATHER);
    mirroring = Mirror.parameters(tf, training.store);
    stirring = stirring(tf, seed);
    run(training.start(), stirring);
  }

  static DetectorConfig config() {
    DetectorConfig small = DetectorConfig.small(3);
    ProposalSettings.Limits limits = new ProposalSettings.Limits(40, 24);
    return new DetectorConfig(
        new ResNetBody(
            ResidualBlock.BASIC,
            List.of(1),
            8,
            ImageScale.IMAGENET,
            ResNet.ResidualStart.FULL,
            new Normalizer.Group(4),
            0),
        8,
        12,
        small.classes(),
        AnchorSettings.ofSizes(24.0, 40.0),
        ProposalSettings.usual().withLimits(limits, limits).withSamples(new SampleSize(ANCHORS, 1)),
        new RegionSettings(new SampleSize(32, 1), 0.25, 7, 2, 56),
        TinyTraining.anyScore(),
        Optional.of(new MaskSettings(8, 1, 7)),
        new DetectorProfile(
            DetectorProfile.AnchorRounding.HALF_EVEN,
            DetectorProfile.AnchorStep.STRIDE,
            DetectorProfile.LowQualityMatch.OVERWRITE_BY_OBJECT,
            DetectorProfile.DeltaLoss.L1,
            DetectorProfile.DeltaLoss.L1,
            DetectorProfile.RoiAlignment.LEGACY,
            DetectorProfile.Background.LAST,
            DetectorProfile.DeltaClamp.BOTH,
            DetectorProfile.BackboneNormalization.SCALE_AND_SHIFT,
            DetectorProfile.MaskTarget.SOFT,
            DetectorProfile.MaskPaste.PIXEL_CENTERS,
            DetectorProfile.ResizeRule.ROUNDED,
            FEATURE_PIXEL,
            FEATURE_PIXEL,
            DetectorProfile.USUAL_EPSILON),
        small.headStart());
  }

  /** Biases and heads start at or near 0, where mirrored deltas would hardly differ. */
  private List<Op> stirring(Ops tf, long seed) {
    List<Op> assignments = new ArrayList<>();
    for (Parameter<TFloat64> parameter : training.store.parameters()) {
      Operand<TFloat64> noise =
          tf.random.statelessRandomNormal(
              tf.constant(parameter.shape().asArray()),
              tf.array(seed, (long) assignments.size()),
              TFloat64.class);
      Operand<TFloat64> moved =
          tf.math.add(tf.identity(parameter.variable()), tf.math.mul(noise, tf.constant(STIRRING)));
      assignments.add(tf.assign(parameter.variable(), moved));
    }
    return assignments;
  }

  /** Mirrors all kernels. */
  void mirror() {
    run(training.session(), mirroring);
  }

  private static void run(Session session, List<Op> operations) {
    Session.Runner runner = session.runner();
    operations.forEach(runner::addTarget);
    runner.run().close();
  }

  /**
   * An image of noise and its objects.
   *
   * @param pixels {@code [HEIGHT, WIDTH, 3]}
   * @param boxes {@code [objects, 4]}
   * @param masks {@code [objects, HEIGHT, WIDTH]}
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Scene(double[] pixels, double[] boxes, double[] masks) {

    /** Two triangles, their boxes at eighths of pixels. */
    static Scene of(long seed) {
      Random random = new Random(seed);
      double[] boxes = {5.125, 6.25, 34.5, 40.75, 30.25, 15.5, 58.625, 36.125};
      double[] masks = new double[boxes.length / 4 * HEIGHT * WIDTH];
      for (int i = 0; i < masks.length; i++) {
        int box = i / (HEIGHT * WIDTH) * 4;
        double x = (i % WIDTH - boxes[box]) / (boxes[box + 2] - boxes[box]);
        double y = (i / WIDTH % HEIGHT - boxes[box + 1]) / (boxes[box + 3] - boxes[box + 1]);
        masks[i] = 0 < x && x < y && y < 1 ? 1 : 0;
      }
      return new Scene(random.doubles(HEIGHT * WIDTH * 3, -2, 2).toArray(), boxes, masks);
    }

    Scene mirrored() {
      return new Scene(
          Mirror.columns(pixels, WIDTH, 3),
          Mirror.boxes(boxes, SPAN),
          Mirror.columns(masks, WIDTH, 1));
    }

    Shape shape() {
      return Shape.of(1, HEIGHT, WIDTH, 3);
    }
  }

  /** What the inference pass is fed. */
  Feeds image(Scene scene) {
    return new Feeds()
        .with(inference.images(), TFloat32.tensorOf(scene.shape(), floats(scene.pixels())))
        .with(inference.sizes(), TInt32.tensorOf(Shape.of(1, 2), DataBuffers.of(HEIGHT, SPAN)));
  }

  /** What the training pass is fed. */
  Feeds imageAndObjects(Scene scene) {
    TrainingInputs inputs = training.network.inputs();
    int objects = scene.boxes().length / 4;
    RpnTargets.Sample sample = anchors(scene);
    Shape anchors = Shape.of(1, ANCHORS);
    byte[] masks = new byte[scene.masks().length];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = (byte) scene.masks()[i];
    }
    return new Feeds()
        .with(inputs.images(), TFloat32.tensorOf(scene.shape(), floats(scene.pixels())))
        .with(inputs.sizes(), TInt32.tensorOf(Shape.of(1, 2), DataBuffers.of(HEIGHT, SPAN)))
        .with(inputs.boxes(), TFloat32.tensorOf(Shape.of(1, objects, 4), floats(scene.boxes())))
        .with(inputs.labels(), TInt32.tensorOf(Shape.of(1, objects), DataBuffers.of(0, 2)))
        .with(inputs.counts(), TInt32.vectorOf(objects))
        .with(
            inputs.masks().orElseThrow(),
            TUint8.tensorOf(Shape.of(1, objects, HEIGHT, WIDTH), DataBuffers.of(masks)))
        .with(inputs.anchors(), TInt32.tensorOf(anchors, DataBuffers.of(sample.anchors())))
        .with(inputs.anchorLabels(), TFloat32.tensorOf(anchors, DataBuffers.of(sample.labels())))
        .with(inputs.anchorWeights(), TFloat32.tensorOf(anchors, DataBuffers.of(sample.weights())))
        .with(
            inputs.anchorDeltas(),
            TFloat32.tensorOf(anchors.append(4), DataBuffers.of(sample.deltas())))
        .with(inputs.step(), TInt64.scalarOf(0));
  }

  /** Targets of the anchors. */
  RpnTargets.Sample anchors(Scene scene) {
    Boxes anchors =
        parts
            .anchors()
            .all(parts.featureSizes(new ImageSize(HEIGHT, WIDTH)), new Size(HEIGHT, WIDTH));
    boolean[] all = new boolean[anchors.size()];
    Arrays.fill(all, true);
    return parts
        .anchorTargets(new Sampling.First())
        .sample(anchors, all, new Boxes(asFloats(scene.boxes())), 0, 1);
  }

  private static FloatDataBuffer floats(double[] values) {
    return DataBuffers.of(asFloats(values));
  }

  static float[] asFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Override
  public void close() {
    training.close();
  }
}
