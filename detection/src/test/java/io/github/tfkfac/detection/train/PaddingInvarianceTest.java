package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.arch.Detector;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.arch.RpnOutput;
import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionSample;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.PreparedImage;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.models.layer.FixedBatchNorm.Affine;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.Normalizer;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What a network says about a part of an image that is farther from the image's right and lower
 * edge than it sees: the same beside an image of the same size and beside a larger one. Nearer to
 * the edge it differs, since the layers behind the first see features of the padding instead of
 * zeros; with statistics over the image, as GroupNorm's, it differs everywhere.
 */
class PaddingInvarianceTest {

  private static final int EXTENT = 96;
  private static final int RATIOS = 3;

  /** How far to the right and below a position of level 0 and of level 1 is influenced from. */
  private static final int[] SIGHT = {21, 25};

  private static final int[] STRIDES = {4, 8};

  /** Regions up to here are pooled from features that see no padding. */
  private static final double INNER = 64;

  private static final double VISIBLE = 1e-3;
  private static final long SEED = 6;

  private static final ImageSize SIZE = new ImageSize(EXTENT, EXTENT);
  private static final DetectionSample IMAGE = sample(1, SIZE);
  private static final DetectionBatch ALONE = ReferenceBatch.of(List.of(IMAGE, sample(2, SIZE)));
  private static final DetectionBatch PADDED =
      ReferenceBatch.of(List.of(IMAGE, sample(3, new ImageSize(128, 160))));

  private static InferenceUnderTest<TFloat32> inference;
  private static RpnOutput<TFloat32> anchors;

  @BeforeAll
  static void build() {
    DetectorConfig oneStage = MirrorableDetector.config();
    DetectorConfig config =
        oneStage
            .withProfile(DetectorProfile.mmdetection())
            .withBackbone(
                oneStage.backbone().withNormalizer(new Normalizer.FixedBatch(Affine.TRAINED)));
    inference = new InferenceUnderTest<>(config, 2, TFloat32.class);
    anchors =
        new Detector(config)
            .proposals(
                LayerContext.inference(Ops.create(inference.graph), inference.store),
                inference.network.pyramid());
  }

  @AfterAll
  static void close() {
    inference.close();
  }

  private static DetectionSample sample(long id, ImageSize size) {
    float[] pixels = new float[size.height() * size.width() * 3];
    Random random = new Random(id);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    CocoImage source =
        new CocoImage(id, id + ".png", size.width(), size.height(), OptionalInt.empty());
    return new DetectionSample(
        new PreparedImage(source, size, false), pixels, List.of(), List.of(), List.of());
  }

  private static List<double[]> fetch(DetectionBatch batch, List<Operand<?>> wanted) {
    try (Feeds feeds = images(batch)) {
      return TrainingUnderTest.fetch(feeds.to(inference.session.runner()), wanted);
    }
  }

  private static Feeds images(DetectionBatch batch) {
    return new Feeds()
        .with(inference.network.images(), batch.imageTensor())
        .with(inference.network.sizes(), batch.imageSizeTensor());
  }

  private static double largestDifference(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> Math.abs(a[i] - b[i])).max().orElse(0);
  }

  /** The values of the first image's rows and columns below {@code count}. */
  private static double[] corner(double[] maps, int columns, int channels, int count) {
    double[] corner = new double[count * count * channels];
    for (int row = 0; row < count; row++) {
      System.arraycopy(
          maps, row * columns * channels, corner, row * count * channels, count * channels);
    }
    return corner;
  }

  @Test
  void anchorsAwayFromThePaddingGetTheSameLogitsAndDeltas() {
    assertThat(PADDED.paddedSize()).isEqualTo(new ImageSize(128, 160));
    for (int level = 0; level < STRIDES.length; level++) {
      int inner = (EXTENT - 1 - SIGHT[level]) / STRIDES[level] + 1;
      List<Operand<?>> outputs = List.of(anchors.logits().get(level), anchors.deltas().get(level));
      List<double[]> alone = fetch(ALONE, outputs);
      List<double[]> padded = fetch(PADDED, outputs);
      int[] channels = {RATIOS, 4 * RATIOS};
      int columns = EXTENT / STRIDES[level];
      int paddedColumns = 160 / STRIDES[level];
      for (int i = 0; i < outputs.size(); i++) {
        assertClose(
            corner(padded.get(i), paddedColumns, channels[i], inner),
            corner(alone.get(i), columns, channels[i], inner),
            OPS);
        assertThat(
                largestDifference(
                    corner(padded.get(i), paddedColumns, channels[i], columns),
                    corner(alone.get(i), columns, channels[i], columns)))
            .isGreaterThan(VISIBLE);
      }
    }
  }

  @Test
  void regionsAwayFromThePaddingGetTheSameClassesBoxesAndMasks() {
    List<double[]> alone = heads(ALONE);
    List<double[]> padded = heads(PADDED);
    for (int i = 0; i < alone.size(); i++) {
      assertClose(padded.get(i), alone.get(i), OPS);
      double[] sorted = alone.get(i).clone();
      Arrays.sort(sorted);
      assertThat(sorted[sorted.length - 1] - sorted[0]).isGreaterThan(VISIBLE);
    }
  }

  /** What the heads say about regions in the first image. */
  private static List<double[]> heads(DetectionBatch batch) {
    InferenceNetwork<TFloat32> network = inference.network;
    InferenceNetwork.BoxMasks<TFloat32> masks = network.masks().orElseThrow();
    int count = network.proposalsPerImage();
    float[] boxes = boxes(count);
    float[] ofBoth = Arrays.copyOf(boxes, 2 * boxes.length);
    System.arraycopy(boxes, 0, ofBoth, boxes.length, boxes.length);
    try (Feeds feeds = images(batch);
        TFloat32 proposals = TFloat32.tensorOf(Shape.of(2, count, 4), DataBuffers.of(ofBoth));
        TFloat32 regions = TFloat32.tensorOf(Shape.of(count, 4), DataBuffers.of(boxes));
        TInt32 images = TInt32.vectorOf(new int[count]);
        TInt32 labels = TInt32.vectorOf(new int[count])) {
      List<double[]> found =
          TrainingUnderTest.fetch(
              feeds
                  .to(inference.session.runner())
                  .feed(network.proposals().boxes(), proposals)
                  .feed(masks.boxes(), regions)
                  .feed(masks.images(), images)
                  .feed(masks.labels(), labels),
              List.of(network.boxes().logits(), network.boxes().deltas(), masks.probabilities()));
      List<double[]> ofFirst = new ArrayList<>();
      ofFirst.add(Arrays.copyOf(found.get(0), found.get(0).length / 2));
      ofFirst.add(Arrays.copyOf(found.get(1), found.get(1).length / 2));
      ofFirst.add(found.get(2));
      return ofFirst;
    }
  }

  private static float[] boxes(int count) {
    Random random = new Random(SEED);
    float[] boxes = new float[4 * count];
    for (int i = 0; i < boxes.length; i += 4) {
      for (int axis = i; axis < i + 2; axis++) {
        boxes[axis] = (float) (random.nextDouble() * INNER / 2);
        boxes[axis + 2] =
            (float) (boxes[axis] + 4 + random.nextDouble() * (INNER - 4 - boxes[axis]));
      }
    }
    return boxes;
  }
}
