package io.github.tfkfac.tools.command;

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
 */
record PreparedRun(RunSettings settings, DataSettings.Loaded images, OpenNetwork network)
    implements AutoCloseable {

  /**
   * Checks all that was given.
   *
   * @param given options of the command line
   */
  static PreparedRun of(Map<String, String> given, RunFolderOptions folders, Console console) {
    RunSettings settings = RunSettings.of(given);
    settings.optimizer().requireUses(given.keySet());
    folders.requireAbsent();
    DataSettings.Loaded images = settings.images();
    OpenNetwork network = settings.openFitting(images);
    RunSettings limited = LimitedFactors.of(settings, given, images, network, console);
    if (limited.equals(settings)) {
      return new PreparedRun(settings, images, network);
    }
    network.close();
    return new PreparedRun(limited, images, limited.open(images));
  }

  /** The run in a new folder. */
  ClassificationRun in(RunFolderOptions folders) throws IOException {
    RunFolder folder = folders.create(settings.model() + "-" + settings.optimizer().name());
    return new ClassificationRun(settings, images, folder).withNetwork(network);
  }

  @Override
  public void close() {
    network.close();
  }
}
