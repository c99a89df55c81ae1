package io.github.tfkfac.tools;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.command.BenchCommand;
import io.github.tfkfac.tools.command.CompareCommand;
import io.github.tfkfac.tools.command.DoctorCommand;
import io.github.tfkfac.tools.command.EvalCommand;
import io.github.tfkfac.tools.command.InspectCommand;
import io.github.tfkfac.tools.command.TrainCommand;
import java.util.Map;

/** Entry point of the program. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Console console = Console.system();
    System.exit(new CommandRunner(console, commands(console)).run(arguments));
  }

  static Map<String, ?> commands(Console console) {
    return Map.of(
        "bench", BenchCommand.line(console),
        "compare", new CompareCommand(console),
        "doctor", new DoctorCommand(console),
        "eval", new EvalCommand(console),
        "inspect", new InspectCommand(console),
        "train", new TrainCommand(console));
  }
}
