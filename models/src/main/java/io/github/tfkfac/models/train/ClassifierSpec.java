package io.github.tfkfac.models.train;

import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.data.ImageDataset;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import java.util.Objects;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier to be built.
 *
 * @param architecture the network
 * @param images size of its images
 * @param classes number of classes
 * @param type element type, {@code TFloat32.class} or {@code TFloat64.class}
 * @param seed of the initial values and of dropout
 * @param loss what training minimizes
 */
public record ClassifierSpec<T extends TNumber>(
    Architecture architecture,
    ImageShape images,
    int classes,
    Class<T> type,
    long seed,
    SoftmaxCrossEntropy loss) {

  public ClassifierSpec {
    Objects.requireNonNull(architecture, "architecture");
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(loss, "loss");
    if (classes < 2) {
      throw new IllegalArgumentException(
          "expected at least 2 classes for a classifier, found " + classes);
    }
  }

  /** A classifier for a data set's images and classes, trained without label smoothing. */
  public static <T extends TNumber> ClassifierSpec<T> of(
      Architecture architecture, ImageDataset data, Class<T> type, long seed) {
    return new ClassifierSpec<>(
        architecture, data.shape(), data.classCount(), type, seed, new SoftmaxCrossEntropy());
  }

  /** The same with another loss. */
  public ClassifierSpec<T> withLoss(SoftmaxCrossEntropy other) {
    return new ClassifierSpec<>(architecture, images, classes, type, seed, other);
  }

  void requireFits(ImageDataset data) {
    if (!data.shape().equals(images) || data.classCount() != classes) {
      throw new IllegalArgumentException(
          String.format(
              "expected images %s of %d classes, as %s was built for, found the data set %s; build"
                  + " the classifier for this data set",
              images, classes, architecture.name(), data));
    }
  }
}
