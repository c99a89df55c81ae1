package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.assign.RpnTargets;
import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.predict.DetectionSelector.Found;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.train.MirrorableDetector.Scene;
import io.github.tfkfac.models.train.Feeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A detector with mirrored kernels does to a mirrored image what it did to the image: {@link
 * MirrorableDetector} says for which widths and conventions that is exact, {@link PyramidFlipTest}
 * where it ends for a whole pyramid.
 */
class FlipEquivarianceTest {

  /** Of sums in float64 in another order. */
  private static final double ROUNDING = 1e-9;

  /** Of what passes through float32. */
  private static final double SINGLE_PRECISION = 1e-4;

  private static final int SPAN = MirrorableDetector.SPAN;
  private static final int DETECTIONS = 10;
  private static final int MASK = 14;
  private static final long SEED = 5;
  private static final Scene SCENE = Scene.of(SEED);

  /** Of the image and its objects, and of their mirror images. */
  private record Pair<R>(R plain, R mirrored) {}

  private static Pair<List<double[]>> training;
  private static Pair<List<double[]>> inference;
  private static Pair<RpnTargets.Sample> anchors;
  private static Pair<List<Found>> found;
  private static Pair<double[]> masks;

  @BeforeAll
  static void run() {
    try (MirrorableDetector detector = new MirrorableDetector(SEED)) {
      Scene mirrored = SCENE.mirrored();
      anchors = new Pair<>(detector.anchors(SCENE), detector.anchors(mirrored));
      List<double[]> plainTraining = trained(detector, SCENE);
      List<double[]> plainInference = inferred(detector, SCENE);
      List<Found> plainFound = detected(detector, plainInference);
      double[] plainMasks = masked(detector, SCENE, plainFound);
      detector.mirror();
      training = new Pair<>(plainTraining, trained(detector, mirrored));
      inference = new Pair<>(plainInference, inferred(detector, mirrored));
      found = new Pair<>(plainFound, detected(detector, inference.mirrored()));
      masks = new Pair<>(plainMasks, masked(detector, mirrored, found.mirrored()));
    }
  }

  private static List<double[]> trained(MirrorableDetector detector, Scene scene) {
    TrainingNetwork<?> network = detector.training.network;
    List<Operand<?>> wanted = new ArrayList<>(network.losses().terms());
    wanted.add(network.regions().boxes());
    wanted.add(network.regions().positive());
    wanted.add(network.regions().deltas());
    wanted.add(network.maskTargets().orElseThrow());
    wanted.add(network.regions().positives().weights());
    try (Feeds feeds = detector.imageAndObjects(scene)) {
      return detector.training.fetch(feeds, wanted);
    }
  }

  private static List<double[]> inferred(MirrorableDetector detector, Scene scene) {
    InferenceNetwork<?> network = detector.inference;
    try (Feeds feeds = detector.image(scene)) {
      return detector.training.fetch(
          feeds,
          List.of(
              network.proposals().boxes(),
              network.proposals().scores(),
              network.boxes().logits(),
              network.boxes().deltas(),
              network.proposals().valid()));
    }
  }

  private static List<Found> detected(MirrorableDetector detector, List<double[]> outputs) {
    int rows = (int) Arrays.stream(outputs.get(4)).sum();
    List<Box> regions = new ArrayList<>();
    for (double[] box : rows(outputs.get(0), outputs.get(4).length)) {
      regions.add(new Box(box[0], box[1], box[2], box[3]));
    }
    return detector
        .parts
        .detections()
        .select(
            regions.subList(0, rows),
            floats(outputs.get(2), rows, outputs.get(4).length),
            floats(outputs.get(3), rows, outputs.get(4).length),
            MirrorableDetector.HEIGHT,
            SPAN);
  }

  private static float[][] floats(double[] values, int used, int count) {
    return rows(values, count).stream()
        .limit(used)
        .map(MirrorableDetector::asFloats)
        .toArray(float[][]::new);
  }

  private static List<double[]> rows(double[] values, int count) {
    int width = values.length / count;
    List<double[]> rows = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      rows.add(Arrays.copyOfRange(values, row * width, (row + 1) * width));
    }
    return rows;
  }

  private static double[] masked(MirrorableDetector detector, Scene scene, List<Found> found) {
    InferenceNetwork.BoxMasks<?> head = detector.inference.masks().orElseThrow();
    try (Feeds feeds = detector.image(scene);
        TFloat32 boxes = TFloat32.tensorOf(Shape.of(found.size(), 4));
        TInt32 images = TInt32.tensorOf(Shape.of(found.size()));
        TInt32 labels = TInt32.tensorOf(Shape.of(found.size()))) {
      for (int i = 0; i < found.size(); i++) {
        Box box = found.get(i).box();
        boxes.setFloat((float) box.x1(), i, 0);
        boxes.setFloat((float) box.y1(), i, 1);
        boxes.setFloat((float) box.x2(), i, 2);
        boxes.setFloat((float) box.y2(), i, 3);
        images.setInt(0, i);
        labels.setInt(found.get(i).label(), i);
      }
      Session.Runner runner =
          feeds
              .to(detector.training.session().runner())
              .feed(head.boxes(), boxes)
              .feed(head.images(), images)
              .feed(head.labels(), labels);
      return TrainingUnderTest.fetch(runner, List.of(head.probabilities())).get(0);
    }
  }

  @Test
  void proposalsAreMirrored() {
    List<double[]> plain = inference.plain();
    List<double[]> mirrored = inference.mirrored();
    int real = (int) Arrays.stream(plain.get(4)).sum();
    assertThat(real).isGreaterThan(DETECTIONS);
    assertThat(mirrored.get(4)).isEqualTo(plain.get(4));
    assertClose(mirrored.get(1), plain.get(1), ROUNDING);
    assertClose(
        Arrays.copyOf(mirrored.get(0), 4 * real),
        Mirror.boxes(Arrays.copyOf(plain.get(0), 4 * real), SPAN),
        ROUNDING);
    assertThat(mirrored.get(0)).isNotEqualTo(plain.get(0));
  }

  @Test
  void theBoxHeadGivesMirroredDeltas() {
    int real = (int) Arrays.stream(inference.plain().get(4)).sum();
    int logits = 4 * real;
    assertClose(
        Arrays.copyOf(inference.mirrored().get(2), logits),
        Arrays.copyOf(inference.plain().get(2), logits),
        ROUNDING);
    int deltas = 12 * real;
    assertClose(
        Arrays.copyOf(inference.mirrored().get(3), deltas),
        Mirror.deltas(Arrays.copyOf(inference.plain().get(3), deltas)),
        ROUNDING);
  }

  @Test
  void detectionsAndTheirMasksAreMirrored() {
    assertThat(found.mirrored()).hasSize(DETECTIONS).hasSameSizeAs(found.plain());
    for (int i = 0; i < DETECTIONS; i++) {
      Found plain = found.plain().get(i);
      Found mirrored = found.mirrored().get(i);
      Box expected = plain.box().mirrored(SPAN);
      assertThat(mirrored.label()).isEqualTo(plain.label());
      assertThat(mirrored.region()).isEqualTo(plain.region());
      assertThat(mirrored.score()).isCloseTo(plain.score(), within(SINGLE_PRECISION));
      assertThat(mirrored.box().x1()).isCloseTo(expected.x1(), within(SINGLE_PRECISION));
      assertThat(mirrored.box().y1()).isCloseTo(expected.y1(), within(SINGLE_PRECISION));
      assertThat(mirrored.box().x2()).isCloseTo(expected.x2(), within(SINGLE_PRECISION));
      assertThat(mirrored.box().y2()).isCloseTo(expected.y2(), within(SINGLE_PRECISION));
    }
    assertClose(masks.mirrored(), Mirror.columns(masks.plain(), MASK, 1), SINGLE_PRECISION);
    assertThat(Arrays.stream(masks.plain()).max().orElseThrow())
        .isGreaterThan(0.1 + Arrays.stream(masks.plain()).min().orElseThrow());
  }

  @Test
  void anchorsHaveMirroredTargets() {
    assertThat(anchors.mirrored().positives())
        .isEqualTo(anchors.plain().positives())
        .isGreaterThan(2);
    assertThat(anchors.mirrored().negatives()).isEqualTo(anchors.plain().negatives()).isPositive();
    assertThat(sorted(anchors.mirrored().deltas()))
        .isEqualTo(sorted(MirrorableDetector.asFloats(mirroredDeltas(anchors.plain().deltas()))));
  }

  private static double[] mirroredDeltas(float[] deltas) {
    return Mirror.deltas(Close.doubles(deltas));
  }

  /** Anchors of a mirrored row are in another order. */
  private static List<List<Float>> sorted(float[] deltas) {
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < deltas.length; i += 4) {
      // 0 and -0 are the same.
      rows.add(List.of(deltas[i] + 0f, deltas[i + 1] + 0f, deltas[i + 2], deltas[i + 3]));
    }
    rows.sort(Comparator.comparing(List::toString));
    return rows;
  }

  @Test
  void regionsHaveMirroredTargets() {
    List<double[]> plain = training.plain();
    List<double[]> mirrored = training.mirrored();
    int terms = 5;
    assertThat(mirrored.get(terms + 1)).isEqualTo(plain.get(terms + 1)).contains(0, 1);
    assertClose(mirrored.get(terms + 2), Mirror.deltas(plain.get(terms + 2)), ROUNDING);
    assertThat(plain.get(terms + 2)).isNotEqualTo(mirrored.get(terms + 2));
    int positives = (int) Arrays.stream(plain.get(terms + 4)).sum();
    int values = positives * MASK * MASK;
    assertThat(positives).isGreaterThan(1);
    assertClose(
        Arrays.copyOf(mirrored.get(terms + 3), values),
        Mirror.columns(Arrays.copyOf(plain.get(terms + 3), values), MASK, 1),
        SINGLE_PRECISION);
    assertThat(Arrays.stream(plain.get(terms + 3)).limit(values).sum()).isPositive();
  }

  @Test
  void lossesAreTheSame() {
    for (int term = 0; term < 5; term++) {
      double expected = training.plain().get(term)[0];
      assertThat(expected).as("loss %d", term).isPositive();
      assertThat(training.mirrored().get(term)[0])
          .as("loss %d", term)
          .isCloseTo(expected, within(1e-6 * expected));
    }
  }
}
