package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.DatasetStatistics;
import io.github.tfkfac.detection.coco.DatasetStatistics.CategoryCount;
import io.github.tfkfac.detection.coco.Distribution;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Statistics of a data set as text for a terminal. */
final class StatisticsText {

  private StatisticsText() {}

  static String of(Path file, DatasetStatistics found) {
    return String.join(
        "\n",
        ShellWords.path(file),
        "%s, %d without an annotation; %s, %d of them crowds, %d with an outline or mask"
            .formatted(
                Counts.of(found.images(), "image"),
                found.emptyImages(),
                Counts.of(found.annotations(), "annotation"),
                found.crowds(),
                found.withSegmentation()),
        "objects: %d small (up to 32x32 pixels), %d medium, %d large (above 96x96)"
            .formatted(found.small(), found.medium(), found.large()),
        "",
        distributions(found).text(),
        categories(found).text());
  }

  private static Table distributions(DatasetStatistics found) {
    return new Table(
        List.of(
            Column.text(""),
            Column.number("least"),
            Column.number("10 %"),
            Column.number("median"),
            Column.number("mean"),
            Column.number("90 %"),
            Column.number("most")),
        List.of(
            row("objects per image", found.objectsPerImage()),
            row("side of boxes (root of area)", found.boxSizes()),
            row("height / width of boxes", found.aspectRatios()),
            row("image width", found.imageWidths()),
            row("image height", found.imageHeights())));
  }

  private static List<String> row(String name, Distribution spread) {
    List<String> cells = new ArrayList<>(List.of(name));
    DoubleStream.of(
            spread.least(),
            spread.tenth(),
            spread.median(),
            spread.mean(),
            spread.ninetieth(),
            spread.most())
        .forEach(
            value ->
                cells.add(Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value)));
    return cells;
  }

  private static Table categories(DatasetStatistics found) {
    List<List<String>> rows =
        found.categories().stream()
            .sorted(Comparator.comparingInt(CategoryCount::objects).reversed())
            .map(
                one ->
                    List.of(
                        Long.toString(one.category().id()),
                        one.category().name(),
                        Integer.toString(one.objects()),
                        Integer.toString(one.crowds()),
                        Integer.toString(one.images())))
            .toList();
    return new Table(
        List.of(
            Column.number("id"),
            Column.text("category"),
            Column.number("objects"),
            Column.number("crowds"),
            Column.number("images")),
        rows);
  }
}
