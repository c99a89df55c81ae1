package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.lab.compare.ComparisonResult;
import io.github.tfkfac.tools.lab.compare.ComparisonTables;
import io.github.tfkfac.tools.lab.compare.RecordedTask;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The report of an experiment: a page, its pictures, its numbers.
 *
 * @param experiment what was run
 * @param result what it gave
 */
public record ExperimentReport(Experiment experiment, ExperimentResult result) {

  /** A longer list of missing runs ends in a count. */
  private static final int LISTED = 40;

  /**
   * Rejects an experiment of which nothing has ended.
   *
   * @throws UserError if there is no run
   */
  public ExperimentReport {
    if (result.runs().isEmpty()) {
      throw new UserError(
          "expected at least one run that has ended, found none; nothing to report");
    }
  }

  /**
   * Writes {@code report.html}, its pictures, {@code results.csv} and {@code summary.csv},
   * replacing earlier ones.
   *
   * @return the page
   */
  public Path write(Path folder) throws IOException {
    ResultsCsv.write(result, folder.resolve("results.csv"));
    ResultsCsv.writeSummary(
        result, experiment.metrics(result.settings()), folder.resolve("summary.csv"));
    List<Section> sections = new ArrayList<>();
    sections.add(new Paragraph(scope()));
    missing().forEach(line -> sections.add(new Paragraph(line)));
    sections.addAll(experiment.findings(result));
    for (String series : result.series()) {
      task(series, sections);
    }
    return new HtmlReport(experiment.title(), sections).write(folder);
  }

  private String scope() {
    int planned = result.plan().runs().size();
    Map<String, String> changed = new TreeMap<>(result.settings().given());
    changed.remove("data");
    return "Preset '%s'%s: %d of %s ended. An interval is the mean ± the half-width of the two-sided 95 %% Student-t interval over the seeds."
        .formatted(
            result.settings().preset().text(),
            changed.isEmpty() ? "" : ", changed by " + changed,
            result.runs().size(),
            Counts.of(planned, "planned run has", "planned runs have"));
  }

  private List<String> missing() {
    List<String> lines = new ArrayList<>();
    List<String> names = result.missing().stream().map(PlannedRun::name).toList();
    if (!names.isEmpty()) {
      lines.add(
          "Not run to the end, and in no number of this report: "
              + String.join(", ", names.subList(0, Math.min(LISTED, names.size())))
              + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : "")
              + ".");
    }
    for (MeasuredRun run : result.runs()) {
      run.finished()
          .divergence()
          .ifPresent(why -> lines.add(run.planned().name() + " diverged: " + why + "."));
    }
    return lines;
  }

  private void task(String series, List<Section> sections) {
    ComparisonResult comparison = result.comparison(series);
    sections.addAll(
        HtmlReport.titled(
            "Runs of " + series,
            new MetricTable(result, series, experiment.metrics(result.settings())).runs()));
    sections.add(new Heading("Task of " + series));
    Map<String, String> task = RecordedTask.of(comparison, Map.of());
    double seconds =
        comparison.runs().stream()
            .mapToDouble(run -> run.wallSeconds())
            .filter(Double::isFinite)
            .sum();
    task.put("seconds of all runs", MetricTable.number(seconds, 0));
    sections.add(new TableSection(Table.of(task)));
    sections.addAll(
        HtmlReport.titled(
            "Options in which the arms of " + series + " differ",
            ComparisonTables.differingOptions(comparison)));
    sections.addAll(
        HtmlReport.titled(
            "Options that all runs of " + series + " share",
            Table.of(ComparisonTables.commonOptions(comparison))));
  }
}
