package io.github.tfkfac.detection.roi;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.RoiAlignment;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class PyramidPoolingTest {

  private static final List<Integer> STRIDES = List.of(4, 8, 16, 32);
  private static final long SEED = 17;
  private static final LevelMap LEVELS = new LevelMap.FinestScale(6, 4);

  /** Two images of 64 pixels, two channels. */
  private static List<Operand<TFloat32>> maps(SmallGraph graph) {
    Random random = new Random(SEED);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    for (int stride : STRIDES) {
      int size = 64 / stride;
      float[] values = new float[2 * size * size * 2];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      maps.add(graph.floats(values, 2, size, size, 2));
    }
    return maps;
  }

  @Test
  void everyRegionComesFromItsLevelAndImage() {
    float[][] boxes = {
      {3, 4, 50, 60}, {0, 0, 5, 6}, {10, 10, 30, 30}, {1, 2, 9, 8}, {0, 0, 64, 64}
    };
    int[] images = {1, 0, 1, 1, 0};
    int[] levels = {3, 0, 1, 0, 3};
    float[] flat = new float[20];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = boxes[i / 4][i % 4];
    }
    RoiAlign align = new RoiAlign(3, 2, RoiAlignment.HALF_PIXEL);
    try (SmallGraph graph = new SmallGraph()) {
      List<Operand<TFloat32>> maps = maps(graph);
      PyramidPooling pyramid = new PyramidPooling(LEVELS, align, STRIDES);
      Operand<TFloat32> pooled =
          pyramid.pool(graph.tf, maps, graph.floats(flat, 5, 4), graph.tf.constant(images));
      assertThat(pooled.shape()).isEqualTo(Shape.of(5, 3, 2, 2));
      List<Operand<TFloat32>> single = new ArrayList<>();
      for (int i = 0; i < boxes.length; i++) {
        Operand<TInt32> image = graph.tf.constant(new int[] {images[i]});
        single.add(
            align.pool(
                graph.tf,
                maps.get(levels[i]),
                graph.floats(boxes[i], 1, 4),
                image,
                1.0 / STRIDES.get(levels[i])));
      }
      List<double[]> values =
          graph.values(
              pooled,
              graph.tf.concat(single, graph.tf.constant(0)),
              graph.gradient(pooled, maps.get(0)),
              graph.gradient(pooled, maps.get(2)),
              graph.gradient(pooled, maps.get(3)));
      assertClose(values.get(0), values.get(1), OPS);
      assertThat(Arrays.stream(values.get(2)).sum()).isGreaterThan(1);
      assertThat(values.get(3)).as("gradient of a level without regions").containsOnly(0);
      assertThat(Arrays.stream(values.get(4)).sum()).isGreaterThan(1);
    }
  }

  @Test
  void bothPoolingsAgree() {
    float[] boxes = {3, 4, 50, 60, 0, 0, 5, 6, -3, 60, 30, 70, 1, 2, 1, 2};
    try (SmallGraph graph = new SmallGraph()) {
      Operand<TInt32> images = graph.tf.constant(new int[] {0, 1, 0, 1});
      for (RoiAlignment alignment : RoiAlignment.values()) {
        List<Operand<?>> pooled = new ArrayList<>();
        for (RoiPooling pooling :
            List.of(new RoiAlign(7, 7, alignment), new RoiAlignGather(7, 7, 2, alignment))) {
          pooled.add(
              new PyramidPooling(LEVELS, pooling, STRIDES)
                  .pool(graph.tf, maps(graph), graph.floats(boxes, 4, 4), images));
        }
        List<double[]> values = graph.values(pooled.get(0), pooled.get(1));
        assertClose(values.get(0), values.get(1), OPS);
      }
    }
  }

  @Test
  void aMapForEveryStrideIsExpected() {
    PyramidPooling pyramid =
        new PyramidPooling(LEVELS, RoiAlign.forBoxes(DetectorProfile.mmdetection()), STRIDES);
    try (SmallGraph graph = new SmallGraph()) {
      assertThatThrownBy(
              () ->
                  pyramid.pool(
                      graph.tf,
                      maps(graph).subList(0, 2),
                      graph.floats(new float[4], 1, 4),
                      graph.tf.constant(new int[1])))
          .hasMessageContaining("4 levels, found 2");
    }
  }
}
