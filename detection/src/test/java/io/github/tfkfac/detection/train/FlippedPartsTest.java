package io.github.tfkfac.detection.train;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.BoxCoder;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.box.Nms;
import io.github.tfkfac.detection.predict.MaskPaster;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskPaste;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskTarget;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import io.github.tfkfac.detection.proposal.AnchorGenerator;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Size;
import io.github.tfkfac.detection.roi.MaskTargets;
import io.github.tfkfac.detection.roi.RoiAlign;
import io.github.tfkfac.detection.roi.RoiAlignGather;
import io.github.tfkfac.detection.roi.RoiPooling;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** The parts of a detector, each about its own axis: what is mirrored stays mirrored. */
class FlippedPartsTest {

  private static final double EXACT = 1e-12;
  private static final long SEED = 4;
  private static final int REGIONS = 12;

  /** Boxes in and partly outside of an image, wider than a pixel of features. */
  private static double[] boxes(double width, double height) {
    Random random = new Random(SEED);
    double[] boxes = new double[4 * REGIONS];
    for (int i = 0; i < boxes.length; i += 4) {
      boxes[i] = (random.nextDouble() - 0.1) * width;
      boxes[i + 1] = (random.nextDouble() - 0.1) * height;
      boxes[i + 2] = boxes[i] + (0.2 + 0.6 * random.nextDouble()) * width;
      boxes[i + 3] = boxes[i + 1] + (0.2 + 0.6 * random.nextDouble()) * height;
    }
    return boxes;
  }

  private static List<Box> list(double[] boxes) {
    return IntStream.range(0, boxes.length / 4)
        .mapToObj(i -> 4 * i)
        .map(i -> new Box(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]))
        .toList();
  }

  private static <T extends TNumber> Operand<T> tensor(
      SmallGraph graph, Class<T> type, double[] values, long... shape) {
    return graph.tf.dtypes.cast(graph.tf.constant(Shape.of(shape), DataBuffers.of(values)), type);
  }

  /** A pixel of features is at a whole number, so anchors have the axis of the pixels. */
  @Test
  void anchorsByStrideAreMirroredAtOddWidths() {
    AnchorGenerator generator = AnchorGenerator.pyramid(DetectorProfile.mmdetection());
    int span = 64;
    Size image = new Size(32, span + 1);
    List<Size> features =
        List.of(new Size(8, 17), new Size(4, 9), new Size(2, 5), new Size(1, 3), new Size(1, 2));
    double[] anchors = Close.doubles(generator.all(features, image).toArray());
    double[] mirrored = new double[anchors.length];
    int at = 0;
    for (Size level : features) {
      int length = level.height() * level.width() * 3 * 4;
      double[] reversed =
          Mirror.columns(Arrays.copyOfRange(anchors, at, at + length), level.width(), 3 * 4);
      System.arraycopy(reversed, 0, mirrored, at, length);
      at += length;
    }
    assertThat(at).isEqualTo(anchors.length);
    assertClose(Mirror.boxes(mirrored, span), anchors, OPS);
  }

  @ParameterizedTest
  @EnumSource
  void regionsOfMirroredFeaturesAreMirrored(RoiAlignment alignment) {
    int rows = 6;
    int columns = 9;
    int channels = 2;
    double stride = 8;
    int values = rows * columns * channels;
    double[] features = new Random(SEED).doubles(values, -1, 1).toArray();
    double[] boxes = boxes(stride * columns, stride * rows);
    // The middle of the map, where a pixel's center is at a half or at a whole number.
    double span = stride * (alignment == RoiAlignment.HALF_PIXEL ? columns : columns - 1);
    double[] mirroredFeatures = Mirror.columns(features, columns, channels);
    RoiPooling gather = new RoiAlignGather(4, 3, 2, alignment);
    double[] plain = pooled(gather, TFloat64.class, features, boxes);
    assertClose(
        pooled(gather, TFloat64.class, mirroredFeatures, Mirror.boxes(boxes, span)),
        Mirror.columns(plain, 3, channels),
        EXACT);
    assertThat(Mirror.columns(plain, 3, channels)).isNotEqualTo(plain);
    RoiPooling fast = new RoiAlign(4, 3, alignment);
    assertClose(
        pooled(fast, TFloat32.class, mirroredFeatures, Mirror.boxes(boxes, span)),
        Mirror.columns(pooled(fast, TFloat32.class, features, boxes), 3, channels),
        OPS);
  }

  private static <T extends TNumber> double[] pooled(
      RoiPooling pooling, Class<T> type, double[] features, double[] boxes) {
    try (SmallGraph graph = new SmallGraph()) {
      return graph.value(
          pooling.pool(
              graph.tf,
              tensor(graph, type, features, 1, 6, 9, 2),
              tensor(graph, type, boxes, REGIONS, 4),
              graph.tf.constant(new int[REGIONS]),
              1.0 / 8));
    }
  }

  @Test
  void mirroredBoxesHaveMirroredDeltas() {
    BoxCoder coder = BoxCoder.forBoxes(DetectorProfile.mmdetection());
    double[] references = boxes(60, 40);
    double[] objects = Mirror.boxes(boxes(50, 70), 55);
    double span = 60;
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat64> plain =
          coder.encode(graph.tf, wide(graph, references), wide(graph, objects));
      Operand<TFloat64> mirrored =
          coder.encode(
              graph.tf,
              wide(graph, Mirror.boxes(references, span)),
              wide(graph, Mirror.boxes(objects, span)));
      double[] deltas = Mirror.deltas(graph.value(plain));
      Operand<TFloat64> decoded =
          coder.decode(graph.tf, wide(graph, Mirror.boxes(references, span)), wide(graph, deltas));
      List<double[]> found = graph.values(mirrored, decoded);
      assertClose(found.get(0), deltas, EXACT);
      assertClose(found.get(1), Mirror.boxes(objects, span), EXACT);
      assertThat(deltas[0]).isNotZero();
    }
  }

  private static Operand<TFloat64> wide(SmallGraph graph, double[] boxes) {
    return tensor(graph, TFloat64.class, boxes, boxes.length / 4, 4);
  }

  @Test
  void theSameMirroredBoxesAreSuppressed() {
    double[] boxes = boxes(30, 30);
    double[] scores = new Random(SEED).doubles(REGIONS).toArray();
    int[] kept = new Nms(0.3).keep(list(boxes), scores);
    assertThat(kept).hasSizeBetween(2, REGIONS - 1);
    assertThat(new Nms(0.3).keep(list(Mirror.boxes(boxes, 30)), scores)).isEqualTo(kept);
  }

  @ParameterizedTest
  @EnumSource
  void mirroredObjectsHaveMirroredMasks(MaskTarget rule) {
    int rows = 20;
    int columns = 30;
    double[] bitmap = new double[rows * columns];
    for (int i = 0; i < bitmap.length; i++) {
      double x = i % columns - 12.3;
      int row = i / columns;
      double y = row - 8.1;
      bitmap[i] = x * x / 90 + (x + 3 * y) * (x + 3 * y) / 200 < 1 ? 1 : 0;
    }
    double[] boxes = boxes(20, 15);
    double span = rule == MaskTarget.THRESHOLDED ? columns : columns - 1;
    double[] plain = targets(rule, bitmap, boxes);
    assertClose(
        targets(rule, Mirror.columns(bitmap, columns, 1), Mirror.boxes(boxes, span)),
        Mirror.columns(plain, 5, 1),
        OPS);
    assertThat(Mirror.columns(plain, 5, 1)).isNotEqualTo(plain);
  }

  private static double[] targets(MaskTarget rule, double[] bitmap, double[] boxes) {
    byte[] bytes = new byte[bitmap.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) bitmap[i];
    }
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> regions = graph.boxes(new Boxes(MirrorableDetector.asFloats(boxes)));
      return graph.value(
          new MaskTargets(5, rule)
              .targets(
                  graph.tf,
                  graph.tf.constant(TUint8.class, Shape.of(1, 20, 30), DataBuffers.of(bytes)),
                  regions,
                  graph.tf.constant(new int[REGIONS])));
    }
  }

  /** By pixel centers; torchvision's rule cuts the box's edges to integers. */
  @Test
  void mirroredMasksArePastedAsMirrorImages() {
    int width = 40;
    int height = 25;
    Random random = new Random(SEED);
    double[] values = random.doubles(8 * 8).toArray();
    Box box = new Box(7.3, -2.2, 31.9, 17.4);
    MaskPaster paster = new MaskPaster(MaskPaste.PIXEL_CENTERS);
    float[] plain = paster.paste(square(values), box, height, width);
    float[] mirrored =
        paster.paste(square(Mirror.columns(values, 8, 1)), box.mirrored(width), height, width);
    double[] expected = Mirror.columns(Close.doubles(plain), width, 1);
    assertClose(Close.doubles(mirrored), expected, 1e-6);
    for (int i = 0; i < expected.length; i++) {
      assertThat(mirrored[i] >= 0.5).isEqualTo(expected[i] >= 0.5);
    }
    assertThat(expected).isNotEqualTo(Close.doubles(plain));
  }

  private static float[][] square(double[] values) {
    float[] floats = MirrorableDetector.asFloats(values);
    float[][] rows = new float[8][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(floats, 8 * row, 8 * row + 8);
    }
    return rows;
  }
}
