package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Completion of commands and options by a shell. */
@Command(
    name = "completion",
    description =
        "Print a script that completes commands and options in bash and zsh: source <(./kfac"
            + " completion)",
    mixinStandardHelpOptions = true)
public final class CompletionCommand implements Callable<Integer> {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();

  /** Writes to {@code console}. */
  public CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    console.out().print(AutoComplete.bash(root.getCommandName(), root));
    return 0;
  }
}
