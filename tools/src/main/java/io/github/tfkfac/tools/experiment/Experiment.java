package io.github.tfkfac.tools.experiment;

import io.github.tfkfac.tools.run.RunProbe;
import java.util.List;

/**
 * A table or figure of a paper: which runs it takes, what is measured in them, what can be said of
 * their numbers.
 */
public interface Experiment {

  /** The word on the command line. */
  String name();

  /** What is shown, with the place in the paper. */
  String title();

  /** What the presets train, for the help. */
  List<String> presets();

  /** Options of its own. */
  default List<Choice> choices() {
    return List.of();
  }

  /** How many seeds a preset has. */
  int seeds(Preset preset);

  /** The runs. */
  ExperimentPlan plan(ExperimentSettings settings);

  /** Measures more than a run's metrics while it trains. */
  default List<RunProbe> probes() {
    return List.of();
  }

  /** The numbers of every run. */
  List<Measure> measures(ExperimentSettings settings);

  /** The experiment's own part of the report; there is at least one run that ended. */
  List<Finding> findings(ExperimentResult result);
}
