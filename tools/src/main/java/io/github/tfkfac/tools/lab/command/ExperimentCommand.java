package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.lab.experiment.Choice;
import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.study.Experiments;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The experiments as subcommands. */
@Command(
    name = "experiment",
    description = {
      "Repeat a table or a figure of the papers, as published or on a small task.",
      "Started again on the same folder it skips finished runs and resumes the others."
    },
    mixinStandardHelpOptions = true)
public final class ExperimentCommand {

  private ExperimentCommand() {}

  /** The command with its subcommands, writing to {@code console}. */
  public static CommandLine line(Console console) {
    CommandLine line = new CommandLine(new ExperimentCommand());
    for (Experiment experiment : Experiments.all()) {
      line.addSubcommand(experiment.name(), subcommand(console, experiment));
    }
    return line;
  }

  private static CommandLine subcommand(Console console, Experiment experiment) {
    CommandSpec spec =
        CommandSpec.forAnnotatedObject(new ExperimentRunCommand(console, experiment));
    List<String> description = new ArrayList<>();
    description.add(experiment.title() + ".");
    experiment.presets().forEach(preset -> description.add("Preset " + preset));
    description.add("Options of data and runs change the preset, whose values are their defaults.");
    spec.usageMessage().description(description.toArray(String[]::new));
    for (Choice choice : experiment.choices()) {
      spec.addOption(
          OptionSpec.builder("--" + choice.name())
              .type(String.class)
              .paramLabel(choice.label())
              .description(choice.description())
              .build());
    }
    return new CommandLine(spec);
  }
}
