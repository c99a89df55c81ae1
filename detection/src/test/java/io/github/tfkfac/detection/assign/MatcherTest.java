package io.github.tfkfac.detection.assign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.detection.box.Boxes;
import io.github.tfkfac.detection.profile.DetectorProfile.LowQualityMatch;
import io.github.tfkfac.detection.testing.Fixture;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatcherTest {

  private static final Fixture OPS = Fixture.ops();
  private static final Optional<LowQualityMatch> OVERWRITE =
      Optional.of(LowQualityMatch.OVERWRITE_BY_OBJECT);
  private static final Optional<LowQualityMatch> RESTORE =
      Optional.of(LowQualityMatch.RESTORE_OWN_BEST);

  private static float[][] rows(String name) {
    int columns = (int) OPS.shape(name)[1];
    float[] all = OPS.floats(name);
    float[][] rows = new float[all.length / columns][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * columns, (i + 1) * columns);
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({"0.5, 0.5, 0", "0.5, 0.5, 1", "0.6, 0.4, 1", "0.7, 0.3, 1"})
  void matchesAsTheReference(String high, String low, int lowQuality) {
    Matcher matcher =
        new Matcher(
            Double.parseDouble(high),
            Double.parseDouble(low),
            lowQuality == 1 ? RESTORE : Optional.empty());
    int[] expected = OPS.ints("matcher/hi" + high + "_lo" + low + "_low" + lowQuality);
    assertThat(matcher.match(rows("iou/iou"))).containsExactly(expected);
    assertThat(matcher.match(OPS.boxes("iou/a"), OPS.boxes("iou/b"))).containsExactly(expected);
  }

  @Test
  void matchesAHandMadeMatrixAsTheReference() {
    assertThat(new Matcher(0.7, 0.3, Optional.empty()).match(rows("matcher/q")))
        .containsExactly(OPS.ints("matcher/q_low0"));
    assertThat(new Matcher(0.7, 0.3, RESTORE).match(rows("matcher/q")))
        .containsExactly(OPS.ints("matcher/q_low1"));
  }

  @Test
  void candidatesGetTheirOwnBestOrTheObjectTheyAreBestFor() {
    float[][] overlaps = {{0.6f, 0.1f}, {0.5f, 0.2f}};
    assertThat(new Matcher(0.7, 0.3, RESTORE).match(overlaps)).containsExactly(0, -1);
    assertThat(new Matcher(0.7, 0.3, OVERWRITE).match(overlaps)).containsExactly(1, -1);
  }

  @Test
  void overwritingHasAFloorAndRestoringHasNone() {
    float[][] overlaps = {{0.29f, 0.1f}, {0.1f, 0.3f}};
    assertThat(new Matcher(0.7, 0.3, OVERWRITE).match(overlaps)).containsExactly(-1, 1);
    assertThat(new Matcher(0.7, 0.3, RESTORE).match(overlaps)).containsExactly(0, 1);
  }

  @Test
  void allTiesAreMatched() {
    float[][] overlaps = {{0.4f, 0.4f, 0.39f}};
    assertThat(new Matcher(0.7, 0.3, OVERWRITE).match(overlaps)).containsExactly(0, 0, -2);
    assertThat(new Matcher(0.7, 0.3, RESTORE).match(overlaps)).containsExactly(0, 0, -2);
  }

  @Test
  void thresholdsBelongToTheMatch() {
    float[][] overlaps = {{0.7f, Math.nextDown(0.7f), 0.3f, Math.nextDown(0.3f)}};
    assertThat(new Matcher(0.7, 0.3, Optional.empty()).match(overlaps))
        .containsExactly(0, -2, -2, -1);
  }

  @Test
  void withoutObjectsEverythingIsBackground() {
    Boxes anchors = new Boxes(new float[] {0, 0, 4, 4, 8, 8, 12, 12});
    assertThat(new Matcher(0.7, 0.3, OVERWRITE).match(new Boxes(new float[0]), anchors))
        .containsExactly(-1, -1);
    assertThat(new Matcher(0, 0, OVERWRITE).match(new Boxes(new float[0]), anchors))
        .containsExactly(-1, -1);
  }

  @Test
  void thresholdsOutOfOrderAreRejected() {
    assertThatThrownBy(() -> new Matcher(0.3, 0.7, RESTORE))
        .hasMessageContaining("found low 0.7 and high 0.3");
  }
}
