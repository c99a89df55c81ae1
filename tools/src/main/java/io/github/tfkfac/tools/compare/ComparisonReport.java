package io.github.tfkfac.tools.compare;

import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

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
          + " neighbouring steps.";

  /**
   * Writes {@code report.html}, {@code curves.png} and {@code summary.csv}, replacing earlier ones.
   *
   * @return the page
   */
  public Path write(Path folder) throws IOException {
    byte[] curves = ComparisonCurves.png(result);
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
    sections.add(new TableSection(table(task())));
    sections.add(new Heading("Options in which the arms differ"));
    sections.add(new TableSection(ComparisonTables.differingOptions(result)));
    sections.add(new Heading("Options that all runs share"));
    sections.add(new TableSection(table(ComparisonTables.commonOptions(result))));
    return new HtmlReport("Optimizers compared", sections);
  }

  private Map<String, String> task() {
    Map<String, String> task = new LinkedHashMap<>();
    for (String part : List.of("train", "train_sha256", "test", "test_sha256")) {
      task.put(part, all(record -> record.data().getOrDefault(part, recordedNowhere(part))));
    }
    task.put(
        "seeds", result.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    task.put("threads", threads());
    task.put("TensorFlow", all(record -> record.environment().tensorFlow()));
    task.put("TensorFlow-Java", all(record -> record.environment().versions().tensorFlowJava()));
    task.put("tf-kfac", all(record -> record.environment().versions().tfKfac()));
    task.put("Java", all(record -> record.environment().machine().java()));
    task.put("system", all(record -> record.environment().machine().os()));
    task.put("cores", all(record -> Integer.toString(record.environment().machine().cores())));
    task.put("oneDNN", all(record -> record.environment().machine().oneDnn()));
    task.put("begun", all(RunRecord::started));
    return task;
  }

  private String recordedNowhere(String part) {
    return data.getOrDefault(part, "not recorded");
  }

  private String threads() {
    return result.optionValues("threads").stream()
        .map(value -> value.equals("0") ? "one per core" : value)
        .collect(
            Collectors.collectingAndThen(Collectors.joining(", "), ComparisonReport::orDefault));
  }

  private static String orDefault(String threads) {
    return threads.isEmpty() ? "one per core" : threads;
  }

  /** A part of the runs' records; several values show that the runs are not alike. */
  private String all(Function<RunRecord, String> part) {
    TreeSet<String> values = new TreeSet<>();
    result.runs().forEach(run -> values.add(part.apply(run.record())));
    return values.size() <= 2 ? String.join("; ", values) : values.first() + " to " + values.last();
  }

  private static Table table(Map<String, String> entries) {
    List<List<String>> rows = new ArrayList<>();
    entries.forEach((name, value) -> rows.add(List.of(name, value)));
    return new Table(List.of(Column.text("what"), Column.text("value")), rows);
  }
}
