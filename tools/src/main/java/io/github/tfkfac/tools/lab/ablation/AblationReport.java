package io.github.tfkfac.tools.lab.ablation;

import io.github.tfkfac.tools.render.Curve;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Plot;
import io.github.tfkfac.tools.render.Table;
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
    Files.writeString(folder.resolve("summary.csv"), AblationTables.csv(runs));
    return page().write(folder);
  }

  private HtmlReport page() {
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
    sections.add(
        Figure.of(
            "loss", CAPTION, List.of(new Plot("Loss", "step", "loss", Plot.Scale.LINEAR, curves))));
    sections.addAll(HtmlReport.titled("The paper's numbers on COCO", AblationTables.paper()));
    sections.add(
        new Paragraph(
            "One run each; no spread is published. In the mask table AP^m is the precision of"
                + " masks, in the box table APm that of medium-sized objects. Precisions on other"
                + " data than COCO, and on images that were trained on, are not comparable with"
                + " these."));
    sections.addAll(HtmlReport.titled("Runs", AblationTables.runs(runs)));
    sections.addAll(HtmlReport.titled("Data", Table.of(data)));
    sections.add(new Heading("Options"));
    runs.stream()
        .findFirst()
        .ifPresent(one -> sections.add(new TableSection(Table.of(one.record().options()))));
    return new HtmlReport("Step sizes of the Newton iteration on detectors", sections);
  }
}
