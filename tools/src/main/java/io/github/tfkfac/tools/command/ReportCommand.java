package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.ShellWords;
import io.github.tfkfac.tools.record.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a page of a run. */
@Command(
    name = "report",
    description = {
      "Make one HTML page of a run: result, curves, settings, data, diagnostics, versions, commands.",
      "The run may still be in progress."
    },
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "RUN",
      description = "Folder of a run of train, finetune, detect train or compare.")
  Path run = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page, replaced if it is there; default RUN/report.html.")
  @Nullable Path out;

  /** Writes to {@code console}. */
  public ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RunFolder folder = RunFolder.existing(run);
    Path page = RunReport.read(folder).write(out == null ? folder.report() : out);
    console.out().println("report  " + ShellWords.path(page));
    return 0;
  }
}
