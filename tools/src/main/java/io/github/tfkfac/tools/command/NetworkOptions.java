package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.optimizer.KfacOptions;
import org.tensorflow.types.TFloat32;
import picocli.CommandLine.Option;

/** Options of commands that look at a network without data: the network and NKFAC's periods. */
final class NetworkOptions {
  private static final long SEED = 1;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The network (default: ${DEFAULT-VALUE}).")
  String model = "resnet20";

  @Option(
      names = "--image",
      paramLabel = "HxWxC",
      converter = ImageShapeConverter.class,
      description = "Height, width and channels of an image (default: ${DEFAULT-VALUE}).")
  ImageShape image = new ImageShape(32, 32, 3);

  @Option(
      names = "--classes",
      paramLabel = "COUNT",
      description = "Number of classes (default: ${DEFAULT-VALUE}).")
  int classes = 10;

  @Option(
      names = "--batch",
      paramLabel = "COUNT",
      description = "Images per step (default: ${DEFAULT-VALUE}).")
  int batch = 128;

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

  /** What the options say. */
  record Setting(
      String model,
      ImageShape image,
      int classes,
      int batch,
      long statisticsPeriod,
      long inversePeriod) {}

  Setting setting() {
    return new Setting(model, image, classes, batch, statisticsPeriod, inversePeriod);
  }

  ClassifierSpec<TFloat32> spec() {
    return new ClassifierSpec<>(
        Architectures.named(model),
        image,
        classes,
        TFloat32.class,
        SEED,
        new SoftmaxCrossEntropy());
  }

  KfacOptions optimizer() {
    return KfacOptions.nkfac().withPeriods(statisticsPeriod, inversePeriod);
  }
}
