package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.tools.command.ClassifierOptions;
import org.tensorflow.types.TFloat32;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of commands that look at a network without data: the network and NKFAC's periods. */
final class NetworkOptions {
  @Mixin ClassifierOptions classifier = new ClassifierOptions();

  @Option(
      names = "--stat-period",
      paramLabel = "STEPS",
      description = "Steps between two updates of the statistics (default: ${DEFAULT-VALUE}).")
  long statisticsPeriod = KfacOptions.STATISTICS_PERIOD;

  @Option(
      names = "--inverse-period",
      paramLabel = "STEPS",
      description = "Steps between two refreshes of the inverses (default: ${DEFAULT-VALUE}).")
  long inversePeriod = KfacOptions.INVERSE_PERIOD;

  /** Values of the options. */
  record Setting(
      String model,
      ImageShape image,
      int classes,
      int batch,
      long statisticsPeriod,
      long inversePeriod) {}

  Setting setting() {
    return new Setting(
        classifier.model,
        classifier.image,
        classifier.classes,
        classifier.batch,
        statisticsPeriod,
        inversePeriod);
  }

  ClassifierSpec<TFloat32> spec() {
    return classifier.spec();
  }

  int batch() {
    return classifier.batch;
  }

  KfacOptions optimizer() {
    return KfacOptions.nkfac().withPeriods(statisticsPeriod, inversePeriod);
  }
}
