package io.github.tfkfac.detection.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.profile.DetectorProfile.AnchorRounding;
import io.github.tfkfac.detection.profile.DetectorProfile.AnchorStep;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Level;
import io.github.tfkfac.detection.proposal.AnchorGenerator.Size;
import io.github.tfkfac.detection.testing.Close;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.types.TFloat64;

class AnchorGeneratorTest {

  private static final Fixture OPS = Fixture.ops();

  private static AnchorGenerator ofOps(AnchorRounding rounding) {
    List<Level> levels = new ArrayList<>();
    for (int l = 0; l < 3; l++) {
      levels.add(
          new Level(
              DoubleStream.of(OPS.doubles("anchors/sizes" + l)).boxed().toList(),
              DoubleStream.of(OPS.doubles("anchors/ratios" + l)).boxed().toList(),
              1));
    }
    return new AnchorGenerator(levels, rounding, AnchorStep.SIZE_RATIO);
  }

  private static List<Size> opsFeatures() {
    int[] sizes = OPS.ints("anchors/feature_hw");
    return List.of(
        new Size(sizes[0], sizes[1]), new Size(sizes[2], sizes[3]), new Size(sizes[4], sizes[5]));
  }

  private static Size opsImage() {
    int[] size = OPS.ints("anchors/image_hw");
    return new Size(size[0], size[1]);
  }

  @ParameterizedTest
  @EnumSource
  void cellsAreTheReferences(AnchorRounding rounding) {
    String suffix = rounding == AnchorRounding.NONE ? "_unrounded" : "";
    for (int l = 0; l < 3; l++) {
      assertThat(ofOps(rounding).cell(l).toArray())
          .containsExactly(OPS.floats("anchors/cell" + l + suffix));
    }
  }

  @Test
  void anchorsAreTheReferences() {
    AnchorGenerator anchors = ofOps(AnchorRounding.HALF_EVEN);
    assertThat(anchors.all(opsFeatures(), opsImage()).toArray())
        .containsExactly(OPS.floats("anchors/all"));
  }

  @Test
  void anchorsOfAPyramidAreTheReferences() {
    List<Level> levels = new ArrayList<>();
    List<Size> features = new ArrayList<>();
    double[] sizes = {16, 32, 64, 96, 128};
    for (int l = 0; l < sizes.length; l++) {
      levels.add(new Level(List.of(sizes[l]), List.of(0.5, 1.0, 2.0), 4 << l));
      features.add(new Size(48 >> l, 48 >> l));
    }
    float[] expected = Fixture.train().floats("anchors");
    for (AnchorStep step : AnchorStep.values()) {
      AnchorGenerator anchors = new AnchorGenerator(levels, AnchorRounding.HALF_EVEN, step);
      assertThat(anchors.all(features, new Size(192, 192)).toArray()).containsExactly(expected);
    }
  }

  @Test
  void stepsAreStridesOrRatiosOfSizes() {
    List<Level> levels = List.of(new Level(List.of(10.0), List.of(1.0), 8));
    List<Size> features = List.of(new Size(3, 4));
    Size image = new Size(30, 32);
    Boxes byStride =
        new AnchorGenerator(levels, AnchorRounding.NONE, AnchorStep.STRIDE).all(features, image);
    Boxes byRatio =
        new AnchorGenerator(levels, AnchorRounding.NONE, AnchorStep.SIZE_RATIO)
            .all(features, image);
    assertThat(byStride.get(4).y1()).isEqualTo(8 - 5);
    assertThat(byRatio.get(4).y1()).isEqualTo(10 - 5);
    assertThat(byRatio.get(1).x1()).isEqualTo(8 - 5);
  }

  @ParameterizedTest
  @EnumSource
  void theGraphMakesTheSameAnchors(AnchorStep step) {
    List<Level> levels =
        List.of(
            new Level(List.of(7.0, 9.0), List.of(0.5, 3.0), 4),
            new Level(List.of(20.0), List.of(1.0), 8));
    AnchorGenerator anchors = new AnchorGenerator(levels, AnchorRounding.NONE, step);
    List<Size> features = List.of(new Size(5, 7), new Size(3, 4));
    Size image = new Size(23, 31);
    double[] expected = Close.doubles(anchors.all(features, image).toArray());
    try (SmallGraph graph = new SmallGraph()) {
      List<Double> found = new ArrayList<>();
      for (int l = 0; l < levels.size(); l++) {
        var size = graph.tf.constant(new int[] {features.get(l).height(), features.get(l).width()});
        var imageSize = graph.tf.constant(new int[] {image.height(), image.width()});
        for (double value :
            graph.value(anchors.level(graph.tf, l, size, imageSize, TFloat64.class))) {
          found.add(value);
        }
      }
      Close.assertClose(found.stream().mapToDouble(Double::doubleValue).toArray(), expected, 1e-6);
    }
  }

  @Test
  void anchorsOfPaddingAreOutside() {
    List<Level> levels = List.of(new Level(List.of(10.0), List.of(1.0, 2.0), 8));
    AnchorGenerator anchors = new AnchorGenerator(levels, AnchorRounding.NONE, AnchorStep.STRIDE);
    boolean[] inside = anchors.inside(List.of(new Size(2, 3)), new Size(8, 9));
    assertThat(inside)
        .containsExactly(
            true, true, true, true, false, false, false, false, false, false, false, false);
    assertThat(anchors.inside(List.of(new Size(2, 3)), new Size(16, 24))).containsOnly(true);
  }

  @Test
  void theProfilesDifferByRounding() {
    Boxes rounded = AnchorGenerator.pyramid(DetectorProfile.torchvision()).cell(0);
    Boxes exact = AnchorGenerator.pyramid(DetectorProfile.mmdetection()).cell(0);
    assertThat(rounded.toArray())
        .containsExactly(-23, -11, 23, 11, -16, -16, 16, 16, -11, -23, 11, 23);
    assertThat(exact.get(0).x2()).isCloseTo(22.627417, within(1e-5));
    assertThat(exact.get(0).y2()).isCloseTo(11.313708, within(1e-5));
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> new Level(List.of(-1.0), List.of(1.0), 4))
        .hasMessageContaining("positive sizes");
    assertThatThrownBy(() -> new Level(List.of(8.0), List.of(1.0), 0))
        .hasMessageContaining("stride");
    AnchorGenerator anchors = AnchorGenerator.pyramid(DetectorProfile.mmdetection());
    assertThatThrownBy(() -> anchors.all(List.of(new Size(1, 1)), new Size(4, 4)))
        .hasMessageContaining("5 levels, found 1");
  }
}
