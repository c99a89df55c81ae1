package io.github.tfkfac.detection.arch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.profile.DetectorProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Against torchvision's Mask R-CNN with the same weights. */
class ForwardParityTest {

  /** Share of a tensor's largest magnitude. */
  private static final double TOLERANCE = 1e-4;

  private static final int CHANNELS = 256;

  private static final Reference TRAIN = Reference.read("forward_train.npz");
  private static final DetectorGraph GRAPH = new DetectorGraph();
  private static final Detector DETECTOR = new Detector(ReferenceDetector.config());
  private static Placeholder<TFloat32> images;
  private static Placeholder<TFloat32> boxRegions;
  private static Placeholder<TFloat32> maskRegions;
  private static FeaturePyramid<TFloat32> pyramid;
  private static RpnOutput<TFloat32> proposals;
  private static BoxOutput<TFloat32> boxes;
  private static Operand<TFloat32> masks;

  @BeforeAll
  static void build() {
    images = GRAPH.placeholder(-1, -1, -1, 3);
    boxRegions = GRAPH.placeholder(-1, 7, 7, CHANNELS);
    maskRegions = GRAPH.placeholder(-1, 14, 14, CHANNELS);
    pyramid = DETECTOR.pyramid(GRAPH.training, images);
    proposals = DETECTOR.proposals(GRAPH.training, pyramid);
    boxes = DETECTOR.boxes(GRAPH.training, boxRegions);
    masks = DETECTOR.masks(GRAPH.training, maskRegions);
    ClosedFormWeights.of("params_r18.csv").assignTo(GRAPH.store, GRAPH.session());
  }

  @AfterAll
  static void close() {
    GRAPH.close();
  }

  private static TFloat32 tensor(double[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(floats, true, false));
  }

  /** Feeds an array {@code [N, C, H, W]} of the reference file. */
  private static TFloat32 imageTensor(Reference reference, String key) {
    List<Integer> shape = reference.shape(key);
    return tensor(
        Layout.channelsLast(reference.values(key), shape),
        shape.get(0),
        shape.get(2),
        shape.get(3),
        shape.get(1));
  }

  private static Map<String, Operand<TFloat32>> maps(FeaturePyramid<TFloat32> from) {
    Map<String, Operand<TFloat32>> maps = new LinkedHashMap<>();
    for (int level = 0; level < from.levels().size(); level++) {
      maps.put("P" + (level + 2), from.levels().get(level));
    }
    for (int stage = 0; stage < from.laterals().size(); stage++) {
      maps.put("C" + (stage + 2), from.body().stages().get(stage));
      maps.put("lateral" + (stage + 2), from.laterals().get(stage));
    }
    maps.put("stem", from.body().stem());
    return maps;
  }

  private static void checkMap(Reference reference, String key, double[] actual) {
    double[] ordered = Layout.channelsFirst(actual, reference.shape(key));
    reference.check(key, ordered, TOLERANCE);
  }

  @Test
  void featureMapsAndProposalsAreTheReferences() {
    Map<String, Operand<TFloat32>> maps = maps(pyramid);
    try (TFloat32 batch = imageTensor(TRAIN, "batch")) {
      Session.Runner runner = GRAPH.session().runner().feed(images, batch);
      maps.values().forEach(runner::fetch);
      proposals.logits().forEach(runner::fetch);
      proposals.deltas().forEach(runner::fetch);
      runner.fetch(proposals.allLogits(GRAPH.tf)).fetch(proposals.allDeltas(GRAPH.tf));
      List<double[]> values = GRAPH.run(runner);

      int next = 0;
      for (String key : maps.keySet()) {
        checkMap(TRAIN, key, values.get(next++));
      }
      for (String kind : List.of("logits", "deltas")) {
        for (int level = 2; level <= 6; level++) {
          // The rows of (y, x, anchor) are the channels-last order of the map.
          checkMap(TRAIN, "rpn_" + kind + level, values.get(next++));
        }
      }
      assertThat(values.get(next)).hasSize(2 * 9207);
      assertThat(values.get(next)).startsWith(first(values.get(next - 10), 3 * 48 * 48));
      assertThat(values.get(next + 1)).hasSize(2 * 9207 * 4);
      assertThat(values.get(next + 1)).endsWith(last(values.get(next - 1), 3 * 3 * 12));
    }
  }

  private static double[] first(double[] values, int count) {
    return Arrays.copyOf(values, count);
  }

  private static double[] last(double[] values, int count) {
    return Arrays.copyOfRange(values, values.length - count, values.length);
  }

  @Test
  void theBoxHeadIsTheReferences() {
    List<Integer> picked = Layout.integers(TRAIN.array("box_pool_pick").asInt64());
    try (TFloat32 pooled = imageTensor(TRAIN, "box_pool_whole")) {
      List<double[]> values =
          GRAPH.run(
              GRAPH
                  .session()
                  .runner()
                  .feed(boxRegions, pooled)
                  .fetch(boxes.hidden().get(0))
                  .fetch(boxes.hidden().get(1))
                  .fetch(boxes.logits())
                  .fetch(boxes.deltas()));
      List<String> keys = List.of("fc6", "fc7", "class_logits", "box_deltas");
      for (int k = 0; k < keys.size(); k++) {
        double[] whole = TRAIN.values(keys.get(k));
        int columns = TRAIN.shape(keys.get(k)).get(1);
        double largest = Arrays.stream(whole).map(Math::abs).max().orElseThrow();
        for (int row = 0; row < picked.size(); row++) {
          for (int column = 0; column < columns; column++) {
            double expected = whole[picked.get(row) * columns + column];
            assertThat(Math.abs(values.get(k)[row * columns + column] - expected))
                .as("%s of region %d", keys.get(k), picked.get(row))
                .isLessThanOrEqualTo(TOLERANCE * largest);
          }
        }
      }
    }
  }

  @Test
  void theMaskHeadIsTheReferences() {
    double[] pooled = maskRegions();
    try (TFloat32 fed = tensor(pooled, pooled.length / (14 * 14 * CHANNELS), 14, 14, CHANNELS)) {
      double[] logits =
          GRAPH.run(GRAPH.session().runner().feed(maskRegions, fed).fetch(masks)).get(0);
      checkMap(TRAIN, "mask_logits", logits);
    }
  }

  /** The regions of the mask head, pooled from our own pyramid by the definition. */
  private static double[] maskRegions() {
    List<double[]> levels;
    try (TFloat32 batch = imageTensor(TRAIN, "batch")) {
      Session.Runner runner = GRAPH.session().runner().feed(images, batch);
      pyramid.regionLevels().forEach(runner::fetch);
      levels = GRAPH.run(runner);
    }
    RegionPooling pooling =
        new RegionPooling(
            levels, new int[] {48, 24, 12, 6}, CHANNELS, DETECTOR.config().regions().finestScale());
    double[] boxesOfMasks = TRAIN.values("mask_rois");
    long firstImage = TRAIN.array("mask_roi_counts").asInt64()[0];
    List<double[]> regions = new ArrayList<>();
    for (int region = 0; region < boxesOfMasks.length / 4; region++) {
      double[] box = Arrays.copyOfRange(boxesOfMasks, 4 * region, 4 * region + 4);
      regions.add(pooling.pool(region < firstImage ? 0 : 1, box, 14));
    }
    double[] pooled = regions.stream().flatMapToDouble(Arrays::stream).toArray();
    checkMap(TRAIN, "mask_pool", pooled);
    return pooled;
  }

  @Test
  void bottlenecksAreTheReferences() {
    Reference reference = Reference.read("forward_r50.npz");
    Detector detector =
        new Detector(
            DetectorConfig.fasterRcnn(50)
                .withProfile(DetectorProfile.torchvision())
                .withBackbone(ReferenceDetector.backbone(50)));
    try (DetectorGraph graph = new DetectorGraph();
        TFloat32 batch = imageTensor(reference, "batch")) {
      Placeholder<TFloat32> fed = graph.placeholder(-1, -1, -1, 3);
      Map<String, Operand<TFloat32>> maps = maps(detector.pyramid(graph.training, fed));
      maps.keySet().removeIf(key -> key.startsWith("lateral") || key.equals("stem"));
      ClosedFormWeights.of("params_r50.csv").assignTo(graph.store, graph.session());
      Session.Runner runner = graph.session().runner().feed(fed, batch);
      maps.values().forEach(runner::fetch);
      List<double[]> values = graph.run(runner);
      int next = 0;
      for (String key : maps.keySet()) {
        checkMap(reference, key, values.get(next++));
      }
      assertThat(next).isEqualTo(9);
    }
  }
}
