package io.github.tfkfac.tools.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.Plot;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunCurvesTest {

  @Test
  void ofSeveralValuesAtAStepTheLastCounts() {
    List<MetricsRow> rows =
        List.of(
            new MetricsRow(1, Map.of("loss", 3.0)),
            new MetricsRow(2, Map.of("loss", 2.0, "test", 0.5)),
            new MetricsRow(2, Map.of("test", 0.7)));

    assertThat(RunCurves.of(rows, "test")).containsExactly(new Curve.Point(2, 0.7));
    assertThat(RunCurves.of(rows, "loss"))
        .containsExactly(new Curve.Point(1, 3), new Curve.Point(2, 2));
  }

  @Test
  void smoothingAveragesNeighborsAndKeepsTheEnd() {
    List<Curve.Point> points =
        IntStream.rangeClosed(1, 205).mapToObj(i -> new Curve.Point(i, i % 3)).toList();

    List<Curve.Point> means = RunCurves.smoothed("loss", points).points();

    assertThat(means).hasSize(68);
    assertThat(means.get(0)).isEqualTo(new Curve.Point(3, 1));
    assertThat(means.get(67)).isEqualTo(new Curve.Point(205, 1));
    assertThat(RunCurves.smoothed("loss", points.subList(0, 5)).points()).hasSize(5);
  }

  @Test
  void lossesOfManySizesAreDrawnByPowersOfTen() {
    assertThat(RunCurves.lossScale(List.of(curve(2, 1), curve(0.5)))).isEqualTo(Plot.Scale.LINEAR);
    assertThat(RunCurves.lossScale(List.of(curve(2, 0.01)))).isEqualTo(Plot.Scale.LOGARITHMIC);
    assertThat(RunCurves.lossScale(List.of())).isEqualTo(Plot.Scale.LINEAR);
  }

  private static Curve curve(double... values) {
    return new Curve(
        "loss",
        IntStream.range(0, values.length).mapToObj(i -> new Curve.Point(i, values[i])).toList());
  }
}
