package io.github.tfkfac.detection.train;

import java.util.Optional;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Inputs of a training network; {@link TrainingFeeder} feeds them.
 *
 * @param images scaled values, {@code [N, H, W, 3]}
 * @param sizes height and width of each image without padding, {@code [N, 2]}
 * @param boxes of the objects, {@code [N, G, 4]}
 * @param labels of the objects, from 0, {@code [N, G]}
 * @param counts objects of each image, {@code [N]}
 * @param masks of the objects, 0 or 1, {@code [N, G, H, W]}
 * @param anchors sampled anchors of each image, {@code [N, K]}
 * @param anchorLabels 1 with an object, else 0, {@code [N, K]}
 * @param anchorWeights 1, for padding 0, {@code [N, K]}
 * @param anchorDeltas {@code [N, K, 4]}
 * @param step training steps done, a scalar; keys the sampling of regions
 */
public record TrainingInputs(
    Placeholder<TFloat32> images,
    Placeholder<TInt32> sizes,
    Placeholder<TFloat32> boxes,
    Placeholder<TInt32> labels,
    Placeholder<TInt32> counts,
    Optional<Placeholder<TUint8>> masks,
    Placeholder<TInt32> anchors,
    Placeholder<TFloat32> anchorLabels,
    Placeholder<TFloat32> anchorWeights,
    Placeholder<TFloat32> anchorDeltas,
    Placeholder<TInt64> step) {

  private static final long ANY = Shape.UNKNOWN_SIZE;

  /** Masks of the objects. */
  enum ObjectMasks {
    FED,
    NONE
  }

  /**
   * Placeholders for batches of {@code images} images of any size with any number of objects.
   *
   * @param samples anchors per image
   */
  static TrainingInputs create(Ops tf, int images, int samples, ObjectMasks masks) {
    return new TrainingInputs(
        input(tf, TFloat32.class, images, ANY, ANY, 3),
        input(tf, TInt32.class, images, 2),
        input(tf, TFloat32.class, images, ANY, 4),
        input(tf, TInt32.class, images, ANY),
        input(tf, TInt32.class, images),
        masks == ObjectMasks.FED
            ? Optional.of(input(tf, TUint8.class, images, ANY, ANY, ANY))
            : Optional.empty(),
        input(tf, TInt32.class, images, samples),
        input(tf, TFloat32.class, images, samples),
        input(tf, TFloat32.class, images, samples),
        input(tf, TFloat32.class, images, samples, 4),
        input(tf, TInt64.class));
  }

  static <T extends TType> Placeholder<T> input(Ops tf, Class<T> type, long... shape) {
    return tf.placeholder(type, Placeholder.shape(Shape.of(shape)));
  }

  /** Images per batch, N. */
  public int batchSize() {
    return Math.toIntExact(images.shape().get(0));
  }
}
