package io.github.tfkfac.detection.roi;

import static io.github.tfkfac.detection.testing.Close.OPS;
import static io.github.tfkfac.detection.testing.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.detection.box.Box;
import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.MaskTarget;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TUint8;

class MaskTargetsTest {

  private static final Fixture TRAIN = Fixture.train();
  private static final int BINS = 28;
  private static final List<int[]> BITMAPS =
      List.of(TRAIN.ints("in0/masks_resized"), TRAIN.ints("in1/masks_resized"));

  private static Operand<TFloat32> targets(SmallGraph graph, int image, DetectorProfile profile) {
    Boxes regions = new Boxes(TRAIN.floatsOf(image, "mask_rois", "mask_roi_counts"));
    int[] matched = TRAIN.intsOf(image, "mask_matched", "mask_roi_counts");
    return MaskTargets.of(profile)
        .targets(
            graph.tf,
            graph.bytes(TRAIN, "in" + image + "/masks_resized"),
            graph.boxes(regions),
            graph.tf.constant(matched));
  }

  private static double[] reference(int image) {
    return Close.doubles(TRAIN.floatsOf(image, "mask_targets", "mask_roi_counts"));
  }

  @Test
  void softTargetsAreTheReferences() {
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        double[] found = graph.value(targets(graph, image, DetectorProfile.torchvision()));
        assertClose(found, reference(image), OPS);
      }
    }
  }

  @Test
  void thresholdedTargetsAreAveragesOfFourSamples() {
    for (int image = 0; image < 2; image++) {
      try (SmallGraph graph = new SmallGraph()) {
        double[] found = graph.value(targets(graph, image, DetectorProfile.mmdetection()));
        Boxes regions = new Boxes(TRAIN.floatsOf(image, "mask_rois", "mask_roi_counts"));
        int[] matched = TRAIN.intsOf(image, "mask_matched", "mask_roi_counts");
        for (int i = 0; i < found.length; i++) {
          int region = i / (BINS * BINS);
          double average =
              average(image, matched[region], regions.get(region), i / BINS % BINS, i % BINS);
          if (Math.abs(average - 0.5) > OPS) {
            assertThat(found[i]).as("bin %s", i).isEqualTo(average > 0.5 ? 1 : 0);
          }
        }
        assertThat(Arrays.stream(found).sum()).isBetween(1.0, found.length - 1.0);
      }
    }
  }

  private static double average(int image, int object, Box region, int row, int column) {
    double sum = 0;
    for (double inRow : List.of(0.25, 0.75)) {
      for (double inColumn : List.of(0.25, 0.75)) {
        double y = region.y1() + (row + inRow) * region.height() / BINS - 0.5;
        double x = region.x1() + (column + inColumn) * region.width() / BINS - 0.5;
        sum += interpolated(image, object, y, x);
      }
    }
    return sum / 4;
  }

  private static double interpolated(int image, int object, double y, double x) {
    long[] shape = TRAIN.shape("in" + image + "/masks_resized");
    int[] bitmaps = BITMAPS.get(image);
    double sum = 0;
    for (int row = (int) Math.floor(y); row <= Math.floor(y) + 1; row++) {
      for (int column = (int) Math.floor(x); column <= Math.floor(x) + 1; column++) {
        int nearRow = (int) Math.min(Math.max(row, 0), shape[1] - 1);
        int nearColumn = (int) Math.min(Math.max(column, 0), shape[2] - 1);
        double weight = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column));
        sum += weight * bitmaps[(int) ((object * shape[1] + nearRow) * shape[2]) + nearColumn];
      }
    }
    return sum;
  }

  /** An object that fills columns 2 to 5 of an 8 × 8 image. */
  private static Operand<TFloat64> stripe(SmallGraph graph, MaskTarget rule, float... region) {
    byte[] bitmap = new byte[2 * 64];
    for (int i = 64; i < 128; i++) {
      bitmap[i] = (byte) (i % 8 >= 2 && i % 8 < 6 ? 1 : 0);
    }
    return new MaskTargets(4, rule)
        .targets(
            graph.tf,
            graph.tf.constant(TUint8.class, Shape.of(2, 8, 8), DataBuffers.of(bitmap)),
            graph.as(TFloat64.class, graph.floats(region, 1, 4)),
            graph.tf.constant(new int[] {1}));
  }

  @Test
  void edgesAreSoftOrThresholded() {
    try (SmallGraph graph = new SmallGraph()) {
      double[] soft = graph.value(stripe(graph, MaskTarget.SOFT, 0, 0, 8, 8));
      double[] thresholded = graph.value(stripe(graph, MaskTarget.THRESHOLDED, 0, 0, 8, 8));
      // Samples at 0.5 and 1.5, 2.5 and 3.5, ...; the bitmap rises from pixel 1 to 2, falls from 5.
      assertClose(Arrays.copyOf(soft, 4), new double[] {0.25, 1, 0.75, 0}, OPS);
      // Samples at 0 and 1, 2 and 3, ...
      assertThat(Arrays.copyOf(thresholded, 4)).containsExactly(0, 1, 1, 0);
      // Samples at 1.25 and 1.75: a half on average.
      double[] half = graph.value(stripe(graph, MaskTarget.THRESHOLDED, 1.5f, 0, 5.5f, 8));
      assertThat(Arrays.copyOf(half, 4)).containsExactly(1, 1, 1, 1);
    }
  }
}
