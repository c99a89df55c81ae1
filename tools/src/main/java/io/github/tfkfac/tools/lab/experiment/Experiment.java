package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.render.HtmlReport.Section;
import io.github.tfkfac.tools.run.RunProbe;
import java.util.List;

/**
 * A table or figure of a paper: which runs it takes, what is measured in them, what can be said of
 * their numbers.
 */
public interface Experiment {

  /** The word on the command line. */
  String name();

  /** The subject, with the place in the paper. */
  String title();

  /** Trainings of the presets, for the help. */
  List<String> presets();

  /** Options of its own. */
  default List<Choice> choices() {
    return List.of();
  }

  /** Number of seeds of a preset. */
  default int seeds(Preset preset) {
    return 3;
  }

  /** The runs. */
  ExperimentPlan plan(ExperimentSettings settings);

  /**
   * The whole plan once runs of {@link #plan} have ended: with the series that follow from their
   * results, such as the best settings of a search. The series of {@link #plan} stay as they are.
   */
  default ExperimentPlan plan(ExperimentSettings settings, ExperimentResult ended) {
    return plan(settings);
  }

  /** Measures more than a run's metrics while it trains. */
  default List<RunProbe> probes() {
    return List.of();
  }

  /** The numbers of every run. */
  List<Metric> metrics(ExperimentSettings settings);

  /** The experiment's own part of the report; there is at least one run that ended. */
  List<Section> findings(ExperimentResult result);
}
