package io.github.tfkfac.tools.lab.experiment.study;

import io.github.tfkfac.tools.lab.experiment.Experiment;
import io.github.tfkfac.tools.lab.experiment.ExperimentReport;
import io.github.tfkfac.tools.lab.experiment.ExperimentSettings;
import io.github.tfkfac.tools.lab.experiment.FakeRuns;
import io.github.tfkfac.tools.lab.experiment.Laboratory;
import io.github.tfkfac.tools.lab.experiment.Preset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports of experiments whose runs are made up. */
final class Reports {

  private Reports() {}

  /** The page of a small experiment on generated images. */
  static String page(
      Experiment experiment, Path folder, int seeds, FakeRuns runs, Map<String, String> given)
      throws IOException {
    Map<String, String> options = new LinkedHashMap<>(given);
    if (!experiment.name().equals("two-level")) {
      options.put("dataset", "generated");
    }
    Laboratory laboratory = new Laboratory(experiment, folder, List.of(), InstantSource.system());
    laboratory.train(new ExperimentSettings(Preset.SMALL, seeds, options), List.of(), task -> runs);
    return Files.readString(new ExperimentReport(experiment, laboratory.result()).write(folder));
  }
}
