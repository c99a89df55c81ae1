package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Detection of objects; the work is in its subcommands. */
@Command(
    name = "detect",
    description = "Detect objects: Faster and Mask R-CNN on data of COCO's format.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true)
public final class DetectCommand implements Runnable {
  private final Console console;

  private DetectCommand(Console console) {
    this.console = console;
  }

  /** The command with its subcommands, writing to {@code console}. */
  public static CommandLine line(Console console) {
    return new CommandLine(new DetectCommand(console))
        .addSubcommand(new DetectEvalCommand(console))
        .addSubcommand(new DetectStatsCommand(console))
        .addSubcommand(new DetectValidateCommand(console));
  }

  @Override
  public void run() {
    CommandLine.usage(line(console), console.out());
  }
}
