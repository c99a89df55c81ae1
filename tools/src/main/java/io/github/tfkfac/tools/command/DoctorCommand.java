package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.check.GradientTable;
import io.github.tfkfac.tools.cli.Console;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "doctor")
public final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  public DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    GradientTable.check().forEach(r -> console.out().println(r));
    return 0;
  }
}
