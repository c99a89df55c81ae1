package io.github.tfkfac.tools.command;

import io.github.tfkfac.linalg.InverseNorm;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.render.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what NKFAC will do to a network and what that costs, before any training. */
@Command(
    name = "inspect",
    description = "Show which layers NKFAC captures in a network, and what it costs.",
    mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--newton",
      paramLabel = "COUNT",
      description = "Newton iterations per refresh (default: ${DEFAULT-VALUE}).")
  int newtonIterations = 1;

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Inspection inspection =
        Inspection.of(
            network.spec(),
            network.batch,
            network.optimizer().withNewton(newtonIterations, new InverseNorm()));
    console.out().print(json ? Json.text(inspection) + "\n" : InspectionText.of(inspection));
    return 0;
  }
}
