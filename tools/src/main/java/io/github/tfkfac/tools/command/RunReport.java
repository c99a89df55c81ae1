package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorCurves;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.record.DiagnosticsCsv;
import io.github.tfkfac.tools.record.MetricsCsv;
import io.github.tfkfac.tools.record.MetricsRow;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.record.RunRecord;
import io.github.tfkfac.tools.render.Drawing;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Code;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Folded;
import io.github.tfkfac.tools.render.HtmlReport.Heading;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.HtmlReport.TableSection;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.run.DiagnosticsCurves;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunCurves;
import io.github.tfkfac.tools.run.RunRows;
import io.github.tfkfac.tools.run.RunSettings;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The page of a run, from the files in its folder alone, so that a run may be finished or not.
 *
 * @param folder of the run
 * @param record its record
 * @param table the settings of its kind
 * @param settings those in effect
 * @param rows its metrics, none before the first step
 */
record RunReport(
    RunFolder folder,
    RunRecord record,
    List<Setting<?>> table,
    Settings settings,
    List<MetricsRow> rows) {

  private static final int SHOWN_EVALUATIONS = 12;
  private static final String DETECTOR = "detector";
  private static final String OPTIMIZER = "Optimizer";
  private static final String CURVES =
      "Against the step; loss, accuracy and seconds of training are averaged over neighboring"
          + " steps. Refreshes and skipped steps are counted from the start.";
  private static final String DIAGNOSTICS =
      "Each quantity's median over the layers; the band reaches from the least to the greatest.";

  RunReport {
    table = List.copyOf(table);
    rows = List.copyOf(rows);
  }

  /**
   * The files of a run.
   *
   * @throws UserError if one of them is damaged, or if the folder is that of several runs
   */
  static RunReport read(RunFolder folder) throws IOException {
    RunRecord record = RunRecord.read(folder);
    if (record.command().startsWith("experiment")) {
      throw new UserError(
          "expected the folder of one run, found that of 'kfac %s' in %s; give a folder of its runs"
              .formatted(record.command(), folder.path()));
    }
    List<Setting<?>> table = record.trainsDetector() ? DetectionSettings.TABLE : RunSettings.TABLE;
    return new RunReport(
        folder,
        record,
        table,
        settings(folder, record, table),
        Files.exists(folder.metrics()) ? RunRows.read(folder.metrics()) : List.of());
  }

  private static Settings settings(RunFolder folder, RunRecord record, List<Setting<?>> table) {
    Map<String, String> known = RecordedRun.options(record);
    known.keySet().retainAll(Settings.names(table));
    try {
      return Settings.of(table, known);
    } catch (UserError | IllegalArgumentException damaged) {
      throw new UserError(folder.record() + ": " + damaged.getMessage(), damaged);
    }
  }

  /** Writes the page, replacing an earlier one; returns its path. */
  Path write(Path page) throws IOException {
    return Files.writeString(page, page().html());
  }

  private HtmlReport page() throws IOException {
    RunState state = new RunState(record, rows);
    List<Section> sections = new ArrayList<>();
    sections.add(new Paragraph(state.sentence()));
    sections.addAll(HtmlReport.titled(state.isComplete() ? "Result" : "So far", state.result()));
    state.warning().ifPresent(warning -> sections.add(new Paragraph(warning)));
    record.remarks().forEach(remark -> sections.add(new Paragraph(remark)));
    sections.addAll(curves(state));
    sections.addAll(settingSections());
    sections.addAll(HtmlReport.titled("Data", Table.of(data())));
    sections.addAll(diagnostics());
    sections.addAll(commands(state));
    sections.addAll(HtmlReport.titled("Software and machine", Table.of(environment())));
    return new HtmlReport(title(), sections);
  }

  private String title() {
    String network =
        settings.find(RunSettings.MODEL).orElse("detector " + record.options().get(DETECTOR));
    return network + " trained with " + new OptimizerSettings(settings).label();
  }

  private List<Section> curves(RunState state) {
    List<Drawing> plots = new ArrayList<>();
    plots.addAll(record.trainsDetector() ? DetectorCurves.plots(rows) : RunCurves.plots(rows));
    plots.addAll(RunCurves.course(rows));
    List<Section> sections = new ArrayList<>();
    if (!plots.isEmpty()) {
      sections.add(new Heading("Curves"));
      sections.add(Figure.of("curves", CURVES, plots));
    }
    state
        .evaluations()
        .map(TableSection::new)
        .ifPresent(
            table ->
                sections.add(
                    table.table().rows().size() <= SHOWN_EVALUATIONS
                        ? table
                        : new Folded("Evaluations", List.of(table))));
    return sections;
  }

  private List<Section> settingSections() {
    Map<String, String> all = settings.options();
    Set<String> changed = settings.changed();
    Map<String, String> differing = new LinkedHashMap<>();
    record
        .options()
        .forEach(
            (name, value) -> {
              if (!all.containsKey(name) || changed.contains(name)) {
                differing.put("--" + name, String.valueOf(value));
              }
            });
    Map<String, Map<String, String>> bySection = new LinkedHashMap<>();
    for (Setting<?> setting : table) {
      Optional.ofNullable(all.get(setting.name()))
          .ifPresent(
              value ->
                  bySection
                      .computeIfAbsent(setting.section(), title -> new LinkedHashMap<>())
                      .put("--" + setting.name(), value));
    }
    List<Section> sections = new ArrayList<>();
    sections.add(new Heading("Settings"));
    sections.add(
        differing.isEmpty()
            ? new Paragraph("All settings have their defaults.")
            : new TableSection(Table.of(differing)));
    sections.addAll(
        HtmlReport.titled(OPTIMIZER, Table.of(bySection.getOrDefault(OPTIMIZER, Map.of()))));
    List<Section> folded = new ArrayList<>();
    bySection.forEach((title, values) -> folded.addAll(HtmlReport.titled(title, Table.of(values))));
    sections.add(new Folded("All settings, with the defaults", folded));
    return sections;
  }

  private Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>(record.data());
    data.putAll(record.seeds());
    return data;
  }

  private List<Section> diagnostics() throws IOException {
    List<Section> sections = new ArrayList<>();
    if (Files.exists(folder.diagnostics())) {
      DiagnosticsCurves layers = new DiagnosticsCurves(DiagnosticsCsv.read(folder.diagnostics()));
      if (!layers.plots().isEmpty()) {
        sections.add(new Heading("Diagnostics of the layers"));
        sections.add(Figure.of("diagnostics", DIAGNOSTICS, layers.plots()));
        sections.add(
            new Folded(
                "Layers after step " + layers.lastStep(),
                List.of(new TableSection(layers.layers()))));
      }
    }
    if (Files.exists(folder.stages())) {
      Table stages = DiagnosticsCurves.stages(MetricsCsv.read(folder.stages()));
      if (!stages.rows().isEmpty()) {
        sections.addAll(HtmlReport.titled("Stages of a step", stages));
      }
    }
    return sections;
  }

  private List<Section> commands(RunState state) {
    RunCommands commands = new RunCommands(folder, record);
    List<Section> sections = new ArrayList<>();
    sections.add(new Heading("Commands"));
    commands
        .repeating()
        .ifPresent(
            line -> {
              sections.add(new Paragraph("To repeat it, in the folder where it was begun:"));
              sections.add(new Code(line));
            });
    if (!state.isComplete()) {
      sections.add(new Paragraph("To go on from its last checkpoint:"));
      sections.add(new Code(commands.resuming()));
    }
    sections.add(new Paragraph("To make this page again:"));
    sections.add(new Code(commands.reporting()));
    return sections;
  }

  private Map<String, Object> environment() {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("tf-kfac", record.environment().versions().tfKfac());
    environment.put("TensorFlow", record.environment().tensorFlow());
    environment.put("TensorFlow-Java", record.environment().versions().tensorFlowJava());
    environment.put("Java", record.environment().machine().java());
    environment.put("system", record.environment().machine().os());
    environment.put("cores", record.environment().machine().cores());
    environment.put("environment variables", record.environment().machine().variables());
    return environment;
  }
}
