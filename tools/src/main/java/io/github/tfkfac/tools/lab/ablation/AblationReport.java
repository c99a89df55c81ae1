package io.github.tfkfac.tools.lab.ablation;

import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.PlotRenderer;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The report of the step-size study: a page, its picture, its numbers.
 *
 * @param plan what was planned
 * @param runs those that are finished
 * @param curves of each rule's runs, the loss against the step
 * @param data what was trained on and evaluated
 */
public record AblationReport(
    AblationPlan plan, List<AblationRun> runs, List<Curve> curves, Map<String, String> data) {

  private static final String CAPTION =
      "Training loss of each rule: means over the seeds with their 95 % intervals.";

  public AblationReport {
    runs = List.copyOf(runs);
    curves = List.copyOf(curves);
    data = new LinkedHashMap<>(data);
  }

  /** Writes {@code report.html}, {@code loss.png} and {@code summary.csv}; returns the page. */
  public Path write(Path folder) throws IOException {
    byte[] picture =
        PlotRenderer.png(List.of(new Plot("Loss", "step", "loss", Plot.Scale.LINEAR, curves)));
    Files.write(folder.resolve("loss.png"), picture);
    Files.writeString(folder.resolve("summary.csv"), AblationTables.csv(runs));
    return Files.writeString(folder.resolve("report.html"), page(picture).html());
  }

  private HtmlReport page(byte[] picture) {
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Paragraph(
            runs.size()
                + " of "
                + plan.runs().size()
                + " planned runs have ended. An interval is the mean ± the half-width of the"
                + " two-sided 95 % Student-t interval over the seeds. Newton's step of an inverse B"
                + " of M is B' = (1+α)B − αBMB with α = 1 where ‖I − BM‖ < 1; otherwise α = 1/‖BM‖"
                + " (the paper's rule) or α* (exact line search)."));
    for (String detector : plan.detectors().keySet()) {
      sections.add(new Heading(detector));
      sections.add(new TableSection(AblationTables.scores(detector, runs)));
      AblationTables.remarks(detector, runs).forEach(line -> sections.add(new Paragraph(line)));
    }
    sections.add(new Figure(CAPTION, picture));
    sections.add(new Heading("The paper's numbers on COCO"));
    sections.add(new TableSection(AblationTables.paper()));
    sections.add(
        new Paragraph(
            "One run each; no spread is published. In the mask table AP^m is the precision of"
                + " masks, in the box table APm that of medium-sized objects. Precisions on other"
                + " data than COCO, and on images that were trained on, are not comparable with"
                + " these."));
    sections.add(new Heading("Runs"));
    sections.add(new TableSection(AblationTables.runs(runs)));
    sections.add(new Heading("Data"));
    sections.add(new TableSection(table(data)));
    sections.add(new Heading("Options"));
    runs.stream()
        .findFirst()
        .ifPresent(one -> sections.add(new TableSection(table(one.record().options()))));
    return new HtmlReport("Step sizes of the Newton iteration on detectors", sections);
  }

  private static Table table(Map<String, ?> entries) {
    List<List<String>> rows = new ArrayList<>();
    entries.forEach((name, value) -> rows.add(List.of(name, String.valueOf(value))));
    return new Table(List.of(Column.text("what"), Column.text("value")), rows);
  }
}
