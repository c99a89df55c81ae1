package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.render.Curve.Point;
import io.github.tfkfac.tools.render.Plot.Scale;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PlotRendererTest {
  private static final int FIRST_COLOR = 0x0072B2;
  private static final int SECOND_COLOR = 0xD55E00;

  @Test
  void everyCurveIsVisibleInItsColor() throws IOException {
    BufferedImage image = image(List.of(plot(Scale.LINEAR, curve("a", 1), curve("b", 2))));

    assertThat(count(image, FIRST_COLOR)).isGreaterThan(100);
    assertThat(count(image, SECOND_COLOR)).isGreaterThan(100);
  }

  @Test
  void aBandFillsTheSpaceAroundItsCurve() throws IOException {
    List<Point> points = IntStream.range(0, 20).mapToObj(x -> new Point(x, 5, 4, 6)).toList();
    BufferedImage image = image(List.of(plot(Scale.LINEAR, new Curve("a", points))));

    long pale =
        pixels(image).filter(rgb -> (rgb & 0xff) > 0xd0 && (rgb >> 16 & 0xff) < 0xe0).count();
    assertThat(pale).isGreaterThan(5_000);
  }

  @Test
  void plotsStandTwoInARow() throws IOException {
    Plot plot = plot(Scale.LINEAR, curve("a", 1));
    BufferedImage one = image(List.of(plot));
    BufferedImage three = image(List.of(plot, plot, plot));

    assertThat(three.getWidth()).isEqualTo(2 * one.getWidth());
    assertThat(three.getHeight()).isEqualTo(2 * one.getHeight());
  }

  @Test
  void aLogarithmicPlotLeavesOutWhatIsNotPositive() throws IOException {
    Curve curve = new Curve("a", List.of(new Point(0, 0), new Point(1, 1), new Point(2, 1e-6)));

    assertThat(count(image(List.of(plot(Scale.LOGARITHMIC, curve))), FIRST_COLOR)).isPositive();
  }

  @Test
  void aLogarithmicPlotKeepsAMeanWhoseBandReachesZero() throws IOException {
    List<Point> points = IntStream.range(1, 20).mapToObj(x -> new Point(x, x, -1, x + 1)).toList();

    assertThat(count(image(List.of(plot(Scale.LOGARITHMIC, new Curve("a", points)))), FIRST_COLOR))
        .isGreaterThan(100);
  }

  @Test
  void curvesWithoutAnyPointAreNoFailure() throws IOException {
    Curve empty = new Curve("none", List.of(new Point(1, Double.NaN)));

    assertThat(count(image(List.of(plot(Scale.LINEAR, empty))), FIRST_COLOR)).isZero();
  }

  @Test
  void theVerticalAxisHasADigitBeforeThePoint() {
    assertThat(PlotRenderer.decimal(0.05)).isEqualTo("0.05");
    assertThat(PlotRenderer.decimal(0)).isEqualTo("0");
    assertThat(PlotRenderer.decimal(-0.25)).isEqualTo("-0.25");
    assertThat(PlotRenderer.decimal(7000)).isEqualTo("7,000");
    assertThat(PlotRenderer.decimal(0.1 + 0.2)).isEqualTo("0.3");
    assertThat(PlotRenderer.decimal(2e-5)).isEqualTo("2E-5");
  }

  @Test
  void noPlotIsRejected() {
    assertThatThrownBy(() -> PlotRenderer.png(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aLogarithmicAxisLeavesOutPositionsThatAreNotPositive() throws IOException {
    Curve curve = new Curve("a", List.of(new Point(0, 1), new Point(1, 1), new Point(100, 2)));

    for (Scale scale : List.of(Scale.LOGARITHMIC, Scale.BINARY)) {
      Plot plot = new Plot("t", "x", scale, "y", Scale.LINEAR, List.of(curve));
      assertThat(count(image(List.of(plot)), FIRST_COLOR)).as("%s", scale).isGreaterThan(100);
    }
  }

  @Test
  void aHeatMapIsDarkestWhereItsValueIsHighest() throws IOException {
    HeatMap map =
        new HeatMap(
            "t", "x", List.of("1", "2"), "y", List.of("3"), List.of(List.of(0.0, 9.0)), 0, 9);
    BufferedImage image = image(List.of(map));

    assertThat(image.getRGB(image.getWidth() / 3, image.getHeight() / 3) & 0xffffff)
        .isEqualTo(0xF7FBFF);
    assertThat(image.getRGB(image.getWidth() * 5 / 6, image.getHeight() / 3) & 0xffffff)
        .isEqualTo(0x08306B);
  }

  @Test
  void barsShowTheirPartsInProportion() throws IOException {
    Bars bars =
        new Bars(
            "t",
            "y",
            List.of("one", "two"),
            List.of(new Bars.Part("a", List.of(3.0, 3.0)), new Bars.Part("b", List.of(1.0, 1.0))));
    BufferedImage image = image(List.of(bars));

    double ratio = count(image, FIRST_COLOR) / (double) count(image, SECOND_COLOR);
    assertThat(ratio).isBetween(2.5, 3.5);
  }

  @Test
  void drawingsWithMissingNumbersAreRejected() {
    assertThatThrownBy(
            () -> new Bars("t", "y", List.of("one"), List.of(new Bars.Part("a", List.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 1 heights of 'a', found 0");
    assertThatThrownBy(
            () -> new HeatMap("t", "x", List.of("1"), "y", List.of("2"), List.of(), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 0");
  }

  private static Plot plot(Scale scale, Curve... curves) {
    return new Plot("Loss", "epoch", "loss", scale, List.of(curves));
  }

  private static Curve curve(String name, double slope) {
    return new Curve(name, IntStream.range(0, 30).mapToObj(x -> new Point(x, slope * x)).toList());
  }

  private static BufferedImage image(List<? extends Drawing> plots) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(PlotRenderer.png(plots)));
  }

  private static long count(BufferedImage image, int color) {
    return pixels(image).filter(rgb -> rgb == color).count();
  }

  private static IntStream pixels(BufferedImage image) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xffffff);
  }
}
