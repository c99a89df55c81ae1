package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.render.Curve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class CurveTest {
  @Test
  void undefinedPointsAreLeftOut() {
    Curve curve =
        new Curve("a", List.of(new Point(1, Double.NaN), new Point(2, 3), new Point(3, 1 / 0.0)));

    assertThat(curve.points()).containsExactly(new Point(2, 3));
  }

  @Test
  void theMeanOfRunsHasTheirIntervalAsBand() {
    Curve first = new Curve("1", List.of(new Point(1, 10), new Point(2, 4), new Point(3, 1)));
    Curve second = new Curve("2", List.of(new Point(1, 12), new Point(2, 4)));

    Curve mean = Curve.mean("both", List.of(first, second));

    assertThat(mean.points()).hasSize(2);
    assertThat(mean.points().get(0).y()).isEqualTo(11);
    assertThat(mean.points().get(0).high() - 11).isBetween(12.7, 12.71);
    assertThat(mean.points().get(1)).isEqualTo(new Point(2, 4));
    assertThat(mean.hasBand()).isTrue();
  }

  @Test
  void aSingleRunHasNoBand() {
    assertThat(Curve.mean("one", List.of(new Curve("1", List.of(new Point(1, 2))))).hasBand())
        .isFalse();
  }
}
