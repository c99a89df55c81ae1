package io.github.tfkfac.tools.command;

import io.github.tfkfac.models.arch.Architectures;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import org.tensorflow.types.TFloat32;
import picocli.CommandLine.Option;

/** Options of commands that look at a network without data. */
public final class ClassifierOptions {
  private static final long SEED = 1;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The network (default: ${DEFAULT-VALUE}).")
  public String model = "resnet20";

  @Option(
      names = "--image",
      paramLabel = "HxWxC",
      converter = ImageShapeConverter.class,
      description = "Height, width and channels of an image (default: ${DEFAULT-VALUE}).")
  public ImageShape image = new ImageShape(32, 32, 3);

  @Option(
      names = "--classes",
      paramLabel = "COUNT",
      description = "Number of classes (default: ${DEFAULT-VALUE}).")
  public int classes = 10;

  @Option(
      names = "--batch",
      paramLabel = "COUNT",
      description = "Images per step (default: ${DEFAULT-VALUE}).")
  public int batch = 128;

  /** The network. */
  public ClassifierSpec<TFloat32> spec() {
    return new ClassifierSpec<>(
        Architectures.named(model),
        image,
        classes,
        TFloat32.class,
        SEED,
        new SoftmaxCrossEntropy());
  }
}
