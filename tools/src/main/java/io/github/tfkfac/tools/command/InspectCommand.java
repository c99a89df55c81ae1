package io.github.tfkfac.tools.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.inspect.Inspection;
import io.github.tfkfac.tools.option.GivenOptions;
import io.github.tfkfac.tools.option.OptimizerNames;
import io.github.tfkfac.tools.option.SecondOrderOptions;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.run.OptimizerSettings;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a second-order optimizer will do to a network and what that costs. */
@Command(
    name = "inspect",
    description =
        "Show which layers a second-order optimizer captures in a network, what it keeps of them"
            + " and what that costs, before any training.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin ClassifierOptions classifier = new ClassifierOptions();

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = OptimizerNames.class,
      description = "A second-order one of ${COMPLETION-CANDIDATES}; default nkfac.")
  String optimizer = "nkfac";

  @Mixin SecondOrderOptions secondOrder = new SecondOrderOptions();

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    OptimizerSettings settings = OptimizerSettings.of(GivenOptions.of(spec));
    Inspection inspection =
        Inspection.of(
            classifier.spec(),
            classifier.batch,
            settings.label(),
            settings
                .kfac(1)
                .orElseThrow(
                    () ->
                        new UserError(
                            "expected a second-order optimizer, which captures layers, found "
                                + optimizer)));
    console.out().print(json ? Json.text(inspection) + "\n" : InspectionText.of(inspection));
    return 0;
  }
}
