package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.Table;
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
    Files.writeString(folder.resolve("summary.csv"), SummaryCsv.of(result));
    return page().write(folder);
  }

  private HtmlReport page() {
    List<Section> sections = new ArrayList<>();
    sections.addAll(HtmlReport.titled("Result", ComparisonTables.arms(result)));
    ComparisonText.of(result).forEach(line -> sections.add(new Paragraph(line)));
    sections.add(Figure.of("curves", CAPTION, ComparisonCurves.plots(result)));
    sections.addAll(HtmlReport.titled("Runs", ComparisonTables.runs(result)));
    sections.addAll(HtmlReport.titled("Task", Table.of(RecordedTask.of(result, data))));
    sections.addAll(
        HtmlReport.titled(
            "Options in which the arms differ", ComparisonTables.differingOptions(result)));
    sections.addAll(
        HtmlReport.titled(
            "Options that all runs share", Table.of(ComparisonTables.commonOptions(result))));
    return new HtmlReport("Optimizers compared", sections);
  }
}
