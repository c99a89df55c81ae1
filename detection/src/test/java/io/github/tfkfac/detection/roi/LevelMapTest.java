package io.github.tfkfac.detection.roi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile;
import io.github.tfkfac.detection.testing.Fixture;
import io.github.tfkfac.detection.testing.SmallGraph;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

class LevelMapTest {

  private static final Fixture OPS = Fixture.ops();

  private static int[] levels(LevelMap map, Fixture fixture, String boxes) {
    try (SmallGraph graph = new SmallGraph()) {
      int[] levels = graph.indices(map.levels(graph.tf, graph.floats(fixture, boxes)));
      assertThat(
              graph.indices(
                  map.levels(graph.tf, graph.as(TFloat64.class, graph.floats(fixture, boxes)))))
          .containsExactly(levels);
      return levels;
    }
  }

  @Test
  void bothFormsGiveTheReferencesLevels() {
    int scale = OPS.ints("levels/canonical_scale")[0];
    assertThat(levels(new LevelMap.Canonical(scale, 4, 2, 5), OPS, "levels/boxes"))
        .containsExactly(OPS.ints("levels/level"));
    assertThat(levels(new LevelMap.FinestScale(scale / 4.0, 4), OPS, "levels/boxes"))
        .containsExactly(OPS.ints("levels/level"));
  }

  @Test
  void theUsualScaleGivesTheReferencesLevels() {
    for (DetectorProfile profile :
        List.of(DetectorProfile.torchvision(), DetectorProfile.mmdetection())) {
      assertThat(levels(LevelMap.of(profile), OPS, "levels/boxes"))
          .containsExactly(OPS.ints("levels/level_canonical224"));
    }
  }

  @Test
  void levelsOfAWholePassAreTheReferences() {
    for (LevelMap map :
        List.of(new LevelMap.Canonical(24, 4, 2, 5), new LevelMap.FinestScale(6, 4))) {
      assertThat(levels(map, Fixture.train(), "rois"))
          .containsExactly(Fixture.train().ints("roi_level"));
      assertThat(levels(map, Fixture.eval(), "proposals"))
          .containsExactly(Fixture.eval().ints("level"));
    }
  }

  @Test
  void extremeBoxesAreOnTheOutermostLevels() {
    try (SmallGraph graph = new SmallGraph()) {
      var boxes =
          graph.boxes(
              new Boxes(new float[] {5, 5, 5, 9, 9, 9, 5, 5, 0, 0, 1, 1, 0, 0, 1e6f, 1e6f}));
      for (DetectorProfile profile :
          List.of(DetectorProfile.torchvision(), DetectorProfile.mmdetection())) {
        assertThat(graph.indices(LevelMap.of(profile).<TFloat32>levels(graph.tf, boxes)))
            .containsExactly(0, 0, 0, 3);
      }
    }
  }

  @Test
  void wrongArgumentsAreRejected() {
    assertThatThrownBy(() -> new LevelMap.Canonical(0, 4, 2, 5))
        .hasMessageContaining("positive scale");
    assertThatThrownBy(() -> new LevelMap.FinestScale(56, 0)).hasMessageContaining("0 levels");
  }
}
