package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Detection of objects; the work is in its subcommands. */
@Command(
    name = "detect",
    description = "Detect objects: Faster and Mask R-CNN on data of COCO's format.",
    mixinStandardHelpOptions = true)
public final class DetectCommand {

  private DetectCommand() {}

  /** The command with its subcommands, writing to {@code console}. */
  public static CommandLine line(Console console) {
    return new CommandLine(new DetectCommand())
        .addSubcommand(new DetectTrainCommand(console))
        .addSubcommand(new DetectOverfitCommand(console))
        .addSubcommand(new DetectInspectCommand(console))
        .addSubcommand(new DetectEvalCommand(console))
        .addSubcommand(new DetectPredictCommand(console))
        .addSubcommand(new DetectStatsCommand(console))
        .addSubcommand(new DetectValidateCommand(console));
  }
}
