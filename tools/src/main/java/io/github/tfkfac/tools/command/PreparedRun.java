package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.train.TrainingWorkers;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.option.RunFolderOptions;
import io.github.tfkfac.tools.record.RunFolder;
import io.github.tfkfac.tools.run.ClassificationRun;
import io.github.tfkfac.tools.run.DataSettings;
import io.github.tfkfac.tools.run.OpenNetwork;
import io.github.tfkfac.tools.run.RunSettings;
import java.io.IOException;
import java.util.Map;

/**
 * A run of a classifier that was found to be possible, before its folder is made. Its network is
 * built or loaded once, for the checks and for everything that follows.
 *
 * @param settings what decides it, with a limit of its factors where one is needed
 * @param images what it trains on
 * @param network the network with its optimizer
 * @param workers that train it together
 */
record PreparedRun(
    RunSettings settings, DataSettings.Loaded images, OpenNetwork network, TrainingWorkers workers)
    implements AutoCloseable {

  /**
   * Checks all that was given.
   *
   * @param given options of the command line
   * @param workers that train it together
   */
  static PreparedRun of(
      Map<String, String> given,
      RunFolderOptions folders,
      TrainingWorkers workers,
      Console console) {
    RunSettings settings = RunSettings.of(given);
    settings.optimizer().requireUses(given.keySet());
    if (workers.isChief()) {
      folders.requireAbsent();
    }
    DataSettings.Loaded images = settings.images();
    OpenNetwork network = settings.openFitting(images, workers);
    RunSettings limited = LimitedFactors.of(settings, given, images, network, console);
    if (limited.equals(settings)) {
      return new PreparedRun(settings, images, network, workers);
    }
    network.close();
    return new PreparedRun(limited, images, limited.open(images, workers), workers);
  }

  /** The run in a new folder. */
  ClassificationRun in(RunFolderOptions folders) throws IOException {
    String name = settings.model() + "-" + settings.optimizer().name();
    RunFolder folder = workers.isChief() ? folders.create(name) : folders.elsewhere(name);
    return new ClassificationRun(settings, images, folder).withNetwork(network).with(workers);
  }

  @Override
  public void close() {
    network.close();
  }
}
