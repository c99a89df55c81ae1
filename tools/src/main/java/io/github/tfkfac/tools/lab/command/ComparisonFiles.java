package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.lab.compare.ComparisonReport;
import io.github.tfkfac.tools.lab.compare.ComparisonResult;
import io.github.tfkfac.tools.lab.compare.ComparisonTables;
import io.github.tfkfac.tools.run.RecordedRun;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a comparison and its report.
 *
 * @param console where to write
 * @param folder the folder
 */
record ComparisonFiles(Console console, Path folder) {

  /** The folder that was asked for, or one named after the time and {@code name}. */
  static Path folder(@Nullable Path out, String name) {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
            .format(LocalDateTime.now(ZoneId.systemDefault()));
    return out == null ? Path.of("runs", time + "-" + name) : out;
  }

  /**
   * Writes the report and shows its main table.
   *
   * @param given where the images lie, if the runs' records are to be completed by their hashes
   * @return the exit code
   */
  int report(Map<String, String> given) throws IOException {
    ComparisonResult result = ComparisonResult.read(folder);
    Path page = new ComparisonReport(result, identity(result, given)).write(folder);
    console.out().print(ComparisonTables.arms(result).text());
    console
        .out()
        .printf(
            "report   %s%ncurves   %s%nnumbers  %s%n",
            ShellWords.path(page),
            ShellWords.path(folder.resolve("curves.png")),
            ShellWords.path(folder.resolve("summary.csv")));
    console.out().flush();
    return 0;
  }

  private static Map<String, String> identity(ComparisonResult result, Map<String, String> given) {
    if (!given.containsKey("data")) {
      return Map.of();
    }
    Map<String, String> options =
        new LinkedHashMap<>(RecordedRun.options(result.runs().get(0).record()));
    options.putAll(given);
    return RunSettings.of(options).data().load().identity();
  }
}
