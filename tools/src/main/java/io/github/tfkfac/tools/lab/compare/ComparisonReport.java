package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.PlotRenderer;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The report of a comparison: a page, its picture, its numbers.
 *
 * @param result what the runs gave
 * @param data names, sizes and hashes of the images, for runs whose records lack them
 */
public record ComparisonReport(ComparisonResult result, Map<String, String> data) {

  private static final String CAPTION =
      "Test accuracy and training loss of each arm against the step and against the time: means"
          + " over the seeds with their 95 % intervals as bands; the loss is averaged over"
          + " neighboring steps.";

  /**
   * Writes {@code report.html}, {@code curves.png} and {@code summary.csv}, replacing earlier ones.
   *
   * @return the page
   */
  public Path write(Path folder) throws IOException {
    byte[] curves = PlotRenderer.png(ComparisonCurves.plots(result));
    Files.write(folder.resolve("curves.png"), curves);
    Files.writeString(folder.resolve("summary.csv"), SummaryCsv.of(result));
    return Files.writeString(folder.resolve("report.html"), page(curves).html());
  }

  private HtmlReport page(byte[] curves) {
    List<Section> sections = new ArrayList<>();
    sections.add(new Heading("Result"));
    sections.add(new TableSection(ComparisonTables.arms(result)));
    ComparisonText.of(result).forEach(line -> sections.add(new Paragraph(line)));
    sections.add(new Figure(CAPTION, curves));
    sections.add(new Heading("Runs"));
    sections.add(new TableSection(ComparisonTables.runs(result)));
    sections.add(new Heading("Task"));
    sections.add(new TableSection(table(RecordedTask.of(result, data))));
    sections.add(new Heading("Options in which the arms differ"));
    sections.add(new TableSection(ComparisonTables.differingOptions(result)));
    sections.add(new Heading("Options that all runs share"));
    sections.add(new TableSection(table(ComparisonTables.commonOptions(result))));
    return new HtmlReport("Optimizers compared", sections);
  }

  private static Table table(Map<String, String> entries) {
    List<List<String>> rows = new ArrayList<>();
    entries.forEach((name, value) -> rows.add(List.of(name, value)));
    return new Table(List.of(Column.text("what"), Column.text("value")), rows);
  }
}
