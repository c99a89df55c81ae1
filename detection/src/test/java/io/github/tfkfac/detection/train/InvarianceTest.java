package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.detection.assign.RpnTargets;
import io.github.tfkfac.detection.assign.Sampling;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.DetectionSample;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.data.Masks;
import io.github.tfkfac.detection.data.ObjectPadding;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.detection.proposal.AnchorGenerator;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** What must not matter to losses and detections, and inputs that are easily forgotten. */
class InvarianceTest {

  private static final double ROUNDING = 1e-5;
  private static final long SEED = 11;

  private static final DetectionSample ONE = TinyTraining.twoObjects();
  private static final DetectionSample OTHER = TinyTraining.threeObjects();

  private static TrainingUnderTest<TFloat32> pair;
  private static TrainingUnderTest<TFloat32> single;

  /** Gradients of {@link #single}. */
  private static List<Operand<?>> gradients;

  @BeforeAll
  static void build() {
    pair = TrainingUnderTest.float32(TinyTraining.config(), 2);
    pair.start();
    single = TrainingUnderTest.float32(TinyTraining.config(), 1);
    gradients = new ArrayList<>();
    new FirstOrder(single.graph, TrainingOptions.sgdm(0.1, 0))
        .computeGradients(single.network.total())
        .forEach(found -> gradients.add(found.getGradient()));
    single.start();
  }

  @AfterAll
  static void close() {
    pair.close();
    single.close();
  }

  /** Losses, and by how many anchors, regions and regions with objects they are divided. */
  private record Outcome(double[] losses, double[] counts) {

    static Outcome of(TrainingUnderTest<TFloat32> training, DetectionBatch batch) {
      List<Operand<?>> wanted = new ArrayList<>(training.network.losses().terms());
      wanted.add(training.anchorWeights);
      wanted.add(training.network.regions().weights());
      wanted.add(training.network.regions().positives().weights());
      try (Feeds feeds = training.feeds(batch)) {
        List<double[]> found = training.fetch(feeds, wanted);
        double anchors = sum(found.get(5));
        double regions = sum(found.get(6));
        return new Outcome(
            found.subList(0, 5).stream().mapToDouble(loss -> loss[0]).toArray(),
            new double[] {anchors, anchors, regions, regions, sum(found.get(7))});
      }
    }

    private static double sum(double[] values) {
      return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
    }
  }

  @Test
  void aBatchOfTwoIsTwoBatchesOfOne() {
    Outcome both = Outcome.of(pair, ReferenceBatch.of(List.of(ONE, OTHER)));
    Outcome first = Outcome.of(single, ReferenceBatch.of(List.of(ONE)));
    Outcome second = Outcome.of(single, ReferenceBatch.of(List.of(OTHER)));
    for (int i = 0; i < both.losses().length; i++) {
      double[] counts = {first.counts()[i], second.counts()[i]};
      assertThat(both.counts()[i]).isEqualTo(counts[0] + counts[1]).isPositive();
      double mean =
          (first.losses()[i] * counts[0] + second.losses()[i] * counts[1])
              / (counts[0] + counts[1]);
      assertThat(both.losses()[i]).as("loss %d", i).isCloseTo(mean, within(ROUNDING * mean));
    }
  }

  @Test
  void placesWithoutObjectsChangeNothing() {
    Outcome needed = Outcome.of(pair, ReferenceBatch.of(List.of(ONE, OTHER)));
    Outcome padded =
        Outcome.of(
            pair,
            DetectionBatch.of(List.of(ONE, OTHER), new ObjectPadding.Fixed(50), Masks.BITMAPS));
    assertThat(padded.losses()).containsExactly(needed.losses(), within(ROUNDING));
    assertThat(padded.counts()).isEqualTo(needed.counts());
  }

  @Test
  void aLargerBatchTrainsTheSameAnchors() {
    DetectorParts parts = new DetectorParts(TinyTraining.config());
    ImageSize image = new ImageSize(60, 50);
    assertThat(trainedAnchors(parts, image, new ImageSize(128, 96)))
        .isEqualTo(trainedAnchors(parts, image, new ImageSize(64, 64)));
  }

  /** Sampled boxes and their targets, of an image in a batch of this size. */
  private static List<List<Float>> trainedAnchors(
      DetectorParts parts, ImageSize image, ImageSize padded) {
    Boxes anchors =
        parts
            .anchors()
            .all(
                parts.featureSizes(padded),
                new AnchorGenerator.Size(padded.height(), padded.width()));
    RpnTargets.Sample sample =
        parts
            .anchorTargets(new Sampling.Random(SEED))
            .sample(
                anchors,
                parts.usableAnchors(padded, image),
                Boxes.of(TinyTraining.twoObjects().boxes()),
                0,
                1);
    assertThat(sample.positives()).isPositive();
    List<List<Float>> values = new ArrayList<>();
    for (float[] array :
        List.of(anchors.at(sample.anchors()).toArray(), sample.labels(), sample.deltas())) {
      List<Float> list = new ArrayList<>();
      for (float value : array) {
        list.add(value);
      }
      values.add(list);
    }
    return values;
  }

  @Test
  void noProposalReachesIntoThePadding() {
    List<Operand<?>> wanted =
        List.of(single.network.proposals().boxes(), single.network.proposals().valid());
    try (TFloat32 image = ReferenceBatch.of(List.of(ONE)).imageTensor();
        TInt32 smaller = TInt32.tensorOf(Shape.of(1, 2), DataBuffers.of(40, 52))) {
      List<double[]> found =
          TrainingUnderTest.fetch(
              single
                  .session()
                  .runner()
                  .feed(single.network.inputs().images(), image)
                  .feed(single.network.inputs().sizes(), smaller),
              wanted);
      assertThat(found.get(1)).contains(1);
      for (int i = 0; i < found.get(0).length; i++) {
        assertThat(found.get(0)[i]).isBetween(0.0, i % 2 == 0 ? 52.0 : 40.0);
      }
    }
  }

  @Test
  void theOrderOfTheImagesChangesNothing() {
    Outcome batch = Outcome.of(pair, ReferenceBatch.of(List.of(ONE, OTHER)));
    Outcome swapped = Outcome.of(pair, ReferenceBatch.of(List.of(OTHER, ONE)));
    assertThat(swapped.losses()).containsExactly(batch.losses(), within(ROUNDING));
  }

  static List<DetectionSample> unusualSamples() {
    Random random = new Random(SEED);
    Box[] crowd = new Box[120];
    for (int i = 0; i < crowd.length; i++) {
      double x = 55 * random.nextDouble();
      double y = 55 * random.nextDouble();
      crowd[i] = new Box(x, y, x + 1 + 8 * random.nextDouble(), y + 1 + 8 * random.nextDouble());
    }
    return List.of(
        TinyTraining.sample(3),
        TinyTraining.sample(4, new Box(30, 30, 31, 31)),
        TinyTraining.sample(5, crowd),
        TinyTraining.sample(6, new Box(0, 0, 64, 64)),
        TinyTraining.sample(7, new Box(20, 0, 20.5, 64), new Box(63.5, 63.5, 64, 64)));
  }

  @ParameterizedTest
  @MethodSource("unusualSamples")
  void lossesAndGradientsAreFinite(DetectionSample sample) {
    DetectionBatch batch = ReferenceBatch.of(List.of(sample));
    Outcome outcome = Outcome.of(single, batch);
    assertFinite(outcome.losses());
    assertThat(outcome.losses()[0]).isPositive();
    assertThat(outcome.losses()[2]).isPositive();
    if (sample.boxes().isEmpty()) {
      assertThat(outcome.counts()[4]).isZero();
      assertThat(outcome.losses()[1]).isZero();
      assertThat(outcome.losses()[3]).isZero();
      assertThat(outcome.losses()[4]).isZero();
    } else {
      assertThat(outcome.counts()[4]).isPositive();
    }
    try (Feeds feeds = single.feeds(batch)) {
      for (double[] gradient : single.fetch(feeds, gradients)) {
        assertFinite(gradient);
      }
    }
  }

  private static void assertFinite(double[] values) {
    assertThat(values)
        .doesNotContain(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }

  @Test
  void detectionsOfABatchAreThoseOfItsImages() {
    try (InferenceUnderTest<TFloat32> inference =
        new InferenceUnderTest<>(
            TinyTraining.config().withDetections(TinyTraining.anyScore()), 2, TFloat32.class)) {
      List<ImageDetections> both =
          inference.predictor.detect(ReferenceBatch.of(List.of(ONE, OTHER)));
      assertSame(both.get(0), alone(inference, ONE));
      assertSame(both.get(1), alone(inference, OTHER));
    }
  }

  private static ImageDetections alone(
      InferenceUnderTest<TFloat32> inference, DetectionSample sample) {
    return inference.predictor.detect(ReferenceBatch.of(List.of(sample))).get(0);
  }

  private static void assertSame(ImageDetections actual, ImageDetections expected) {
    assertThat(actual.found()).isNotEmpty().hasSameSizeAs(expected.found());
    for (int i = 0; i < actual.found().size(); i++) {
      Found found = actual.found().get(i);
      Found other = expected.found().get(i);
      assertThat(found.category()).isEqualTo(other.category());
      assertThat(found.score()).isCloseTo(other.score(), within(ROUNDING));
      assertClose(edges(found.box()), edges(other.box()), ROUNDING);
      for (int row = 0; row < actual.masks().get(i).length; row++) {
        assertClose(actual.masks().get(i)[row], expected.masks().get(i)[row], ROUNDING);
      }
    }
  }

  private static double[] edges(Box box) {
    return new double[] {box.x1(), box.y1(), box.x2(), box.y2()};
  }
}
