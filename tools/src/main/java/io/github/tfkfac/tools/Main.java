package io.github.tfkfac.tools;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.cli.Interruption;
import io.github.tfkfac.tools.command.CompletionCommand;
import io.github.tfkfac.tools.command.DetectCommand;
import io.github.tfkfac.tools.command.DoctorCommand;
import io.github.tfkfac.tools.command.EvalCommand;
import io.github.tfkfac.tools.command.FinetuneCommand;
import io.github.tfkfac.tools.command.InspectCommand;
import io.github.tfkfac.tools.command.ReportCommand;
import io.github.tfkfac.tools.command.TrainCommand;
import io.github.tfkfac.tools.lab.command.BenchCommand;
import io.github.tfkfac.tools.lab.command.CompareCommand;
import io.github.tfkfac.tools.lab.command.DetectAblationCommand;
import io.github.tfkfac.tools.lab.command.ExperimentCommand;
import java.util.LinkedHashMap;
import java.util.Map;

/** Entry point of the program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Interruption.endWithoutWork();
    Console console = Console.system();
    System.exit(new CommandRunner(console, commands(console)).run(arguments));
  }

  static Map<String, ?> commands(Console console) {
    Map<String, Object> commands = new LinkedHashMap<>();
    commands.put("train", new TrainCommand(console));
    commands.put("finetune", new FinetuneCommand(console));
    commands.put("eval", new EvalCommand(console));
    commands.put("compare", new CompareCommand(console));
    commands.put("experiment", ExperimentCommand.line(console));
    commands.put(
        "detect", DetectCommand.line(console).addSubcommand(new DetectAblationCommand(console)));
    commands.put("report", new ReportCommand(console));
    commands.put("inspect", new InspectCommand(console));
    commands.put("bench", BenchCommand.line(console));
    commands.put("doctor", new DoctorCommand(console));
    commands.put("completion", new CompletionCommand(console));
    return commands;
  }
}
