package io.github.tfkfac.detection.roi;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

class RoiAlignTest {

  private static final Fixture FIXTURE = Fixture.ops();
  private static final int ROWS = 4;
  private static final int COLUMNS = 3;

  private static String suffix(RoiAlignment alignment, int ratio) {
    return "_aligned" + (alignment == RoiAlignment.HALF_PIXEL ? 1 : 0) + "_ratio" + ratio;
  }

  private static int regions() {
    return (int) FIXTURE.shape("roi_align/rois")[0];
  }

  private static Operand<TFloat32> boxes(SmallGraph graph) {
    float[] rois = FIXTURE.floats("roi_align/rois");
    float[] boxes = new float[4 * regions()];
    for (int i = 0; i < boxes.length; i++) {
      boxes[i] = rois[i / 4 * 5 + 1 + i % 4];
    }
    return graph.boxes(new Boxes(boxes));
  }

  private static int[] images() {
    float[] rois = FIXTURE.floats("roi_align/rois");
    int[] images = new int[regions()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (int) rois[5 * i];
    }
    return images;
  }

  private static double scale() {
    return FIXTURE.floats("roi_align/spatial_scale")[0];
  }

  /** Value and gradient, channels first. */
  private static <T extends TNumber> List<double[]> valueAndGradient(
      RoiPooling pooling, Class<T> type) {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<T> map = graph.as(type, graph.floats(FIXTURE, "roi_align/feat_nchw"));
      Operand<T> pooled =
          graph.channelsFirst(
              pooling.pool(
                  graph.tf,
                  graph.channelsLast(map),
                  graph.as(type, boxes(graph)),
                  graph.tf.constant(images()),
                  scale()));
      Operand<T> upstream = graph.as(type, graph.floats(FIXTURE, "roi_align/upstream"));
      Operand<T> sum =
          graph.tf.reduceSum(
              graph.tf.math.mul(pooled, upstream), graph.tf.constant(new int[] {0, 1, 2, 3}));
      return graph.values(pooled, graph.gradient(sum, map));
    }
  }

  @ParameterizedTest
  @EnumSource
  void valueAndGradientAreTheReferences(RoiAlignment alignment) {
    String suffix = suffix(alignment, 2);
    double[] value = FIXTURE.doubles("roi_align/out" + suffix);
    double[] gradient = FIXTURE.doubles("roi_align/grad" + suffix);
    for (RoiPooling pooling :
        List.of(
            new RoiAlign(ROWS, COLUMNS, alignment),
            new RoiAlignGather(ROWS, COLUMNS, 2, alignment))) {
      List<double[]> found = valueAndGradient(pooling, TFloat32.class);
      assertClose(found.get(0), value, OPS);
      assertClose(found.get(1), gradient, OPS);
    }
    List<double[]> exact =
        valueAndGradient(new RoiAlignGather(ROWS, COLUMNS, 2, alignment), TFloat64.class);
    assertClose(exact.get(0), value, OPS);
    assertClose(exact.get(1), gradient, OPS);
  }

  @ParameterizedTest
  @EnumSource
  void adaptiveSamplesGiveTheReferencesValues(RoiAlignment alignment) {
    try (SmallGraph graph = new SmallGraph()) {
      // A map per image and channel.
      Operand<TFloat32> maps =
          graph.tf.reshape(
              graph.floats(FIXTURE, "roi_align/feat_nchw"),
              graph.tf.constant(new int[] {12, 13, 17}));
      int[] rows = new int[6 * regions()];
      int[] mapOfRow = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = i / 6;
        mapOfRow[i] = 6 * images()[i / 6] + i % 6;
      }
      Operand<TFloat32> boxOfRow =
          graph.tf.gather(boxes(graph), graph.tf.constant(rows), graph.tf.constant(0));
      Operand<TFloat32> pooled =
          new AdaptiveRoiAlign(ROWS, COLUMNS, alignment)
              .pool(graph.tf, maps, boxOfRow, graph.tf.constant(mapOfRow), scale());
      assertClose(
          graph.value(pooled), FIXTURE.doubles("roi_align/out" + suffix(alignment, 0)), OPS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRampIsReproduced(RoiAlignment alignment) {
    float[] ramp = new float[25];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = i;
    }
    int aligned = alignment == RoiAlignment.HALF_PIXEL ? 1 : 0;
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> box = graph.floats(new float[] {1, 1, 3, 3}, 1, 4);
      Operand<TInt32> image = graph.tf.constant(new int[] {0});
      double[] expected = FIXTURE.doubles("roi_align/ramp_aligned" + aligned);
      Operand<TFloat32> map = graph.floats(ramp, 1, 5, 5, 1);
      assertClose(
          graph.value(new RoiAlign(4, 4, alignment).pool(graph.tf, map, box, image, 1)),
          expected,
          OPS);
      assertClose(
          graph.value(
              new AdaptiveRoiAlign(4, 4, alignment)
                  .pool(graph.tf, graph.floats(ramp, 1, 5, 5), box, image, 1)),
          expected,
          OPS);
    }
  }

  @Test
  void withoutRegionsThereIsNothing() {
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TFloat32> map = graph.floats(new float[30], 1, 3, 5, 2);
      Operand<TFloat32> none = graph.floats(new float[0], 0, 4);
      for (RoiPooling pooling :
          List.of(
              new RoiAlign(2, 2, RoiAlignment.HALF_PIXEL),
              new RoiAlignGather(2, 2, 2, RoiAlignment.HALF_PIXEL))) {
        Operand<TFloat32> pooled =
            pooling.pool(graph.tf, map, none, graph.tf.constant(new int[0]), 1);
        List<double[]> values = graph.values(graph.tf.shape(pooled), graph.gradient(pooled, map));
        assertThat(values.get(0)).containsExactly(0, 2, 2, 2);
        assertThat(values.get(1)).hasSize(30).containsOnly(0);
      }
    }
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> new RoiAlign(0, 7, RoiAlignment.LEGACY))
        .hasMessageContaining("found 0 x 7");
    assertThatThrownBy(() -> new RoiAlignGather(7, 7, 0, RoiAlignment.LEGACY))
        .hasMessageContaining("at least one sample");
  }
}
