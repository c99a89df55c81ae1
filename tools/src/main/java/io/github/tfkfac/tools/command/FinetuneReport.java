package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.ClassificationMetrics;
import io.github.tfkfac.models.train.TrainingResult;
import io.github.tfkfac.tools.render.HtmlReport;
import io.github.tfkfac.tools.render.HtmlReport.Figure;
import io.github.tfkfac.tools.render.HtmlReport.Paragraph;
import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.run.ClassEvaluation;
import io.github.tfkfac.tools.run.ClassificationRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page that says what training a SavedModel brought. */
final class FinetuneReport {

  private static final String CAPTION =
      "Loss and accuracy during training; the test curves begin before its first step.";

  private FinetuneReport() {}

  /** Writes {@code report.html} into the run's folder and returns it. */
  static Path write(
      ClassificationRun run, FinetuneStart start, TrainingResult<ClassificationMetrics> after) {
    try {
      List<Section> sections = new ArrayList<>();
      sections.addAll(
          HtmlReport.titled(
              "Result", result(start.evaluation(), after.evaluation().orElseThrow())));
      start
          .warning(after.evaluation().orElseThrow())
          .ifPresent(warning -> sections.add(new Paragraph(warning)));
      sections.add(
          new Paragraph(
              "The model was "
                  + start.statement().modes()
                  + ". Training minimized the "
                  + start.statement().objective()
                  + "."));
      sections.add(new Figure("curves", CAPTION, Files.readAllBytes(run.folder().curves())));
      sections.addAll(HtmlReport.titled("Images", Table.of(run.images().identity())));
      sections.addAll(HtmlReport.titled("Options", Table.of(run.settings().values())));
      HtmlReport page =
          new HtmlReport(
              run.settings().model() + " trained with " + run.settings().optimizer().label(),
              sections);
      return Files.writeString(run.folder().report(), page.html());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Table result(ClassEvaluation before, ClassificationMetrics after) {
    return new Table(
        List.of(
            Column.text(""),
            Column.number("test accuracy %"),
            Column.number("test loss"),
            Column.number("images")),
        List.of(
            row("before", before.accuracy(), before.loss(), before.matrix().images()),
            row("after", after.accuracy(), after.loss(), after.images())));
  }

  private static List<String> row(String name, double accuracy, double loss, long images) {
    return List.of(
        name,
        String.format(Locale.ROOT, "%.2f", 100 * accuracy),
        String.format(Locale.ROOT, "%.4f", loss),
        Long.toString(images));
  }
}
