package io.github.tfkfac.internal.capture;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ViewStep;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Input patches of a convolution's windows, written out. */
public final class ImagePatches {

  private static final int IMAGE_RANK = 4;
  private static final int VOLUME_RANK = 5;

  private ImagePatches() {}

  /**
   * The patches of images.
   *
   * @param images {@code [..., height, width, channels]}
   * @return {@code [..., rows, columns, patch]} with the patch in the order row, column, channel
   */
  public static <T extends TNumber> Operand<T> of(
      Ops tf, ConvolutionGeometry geometry, Operand<T> images) {
    int rank = images.shape().isUnknown() ? IMAGE_RANK : images.shape().numDimensions();
    Operand<T> found =
        tf.image.extractImagePatches(
            flat(tf, images),
            List.of(1L, (long) geometry.kernelHeight(), (long) geometry.kernelWidth(), 1L),
            List.of(1L, (long) geometry.strideHeight(), (long) geometry.strideWidth(), 1L),
            List.of(1L, (long) geometry.dilationHeight(), (long) geometry.dilationWidth(), 1L),
            geometry.padding().name());
    if (rank == IMAGE_RANK) {
      return found;
    }
    Operand<TInt32> leading = tf.slice(tf.shape(images), tf.array(0), tf.array(rank - 3));
    Operand<TInt32> rows = tf.slice(tf.shape(found), tf.array(1), tf.array(2));
    Operand<TInt32> patch =
        tf.array(geometry.kernelHeight() * geometry.kernelWidth() * channels(images));
    return tf.reshape(found, tf.concat(List.of(leading, rows, patch), tf.constant(0)));
  }

  /**
   * The patches of volumes.
   *
   * @param volumes {@code [..., depth, height, width, channels]}
   * @return {@code [..., planes, rows, columns, patch]} with the patch in the order plane, row,
   *     column, channel
   */
  static <T extends TNumber> Operand<T> ofVolumes(
      Ops tf, ViewStep.Volumes windows, Operand<T> volumes) {
    int rank = volumes.shape().numDimensions();
    int channels = channels(volumes);
    Operand<TInt32> sizes = tf.shape(volumes);
    Operand<T> flat =
        rank == VOLUME_RANK
            ? volumes
            : tf.reshape(
                volumes,
                tf.concat(
                    List.of(
                        tf.array(-1),
                        tf.slice(sizes, tf.array(rank - 4), tf.array(3)),
                        tf.array(channels)),
                    tf.constant(0)));
    Operand<T> found =
        tf.extractVolumePatches(
            flat, framed(windows.kernel()), framed(windows.strides()), windows.padding().name());
    if (rank == VOLUME_RANK) {
      return found;
    }
    long patch = windows.kernel().stream().reduce(channels * 1L, (a, b) -> a * b);
    return tf.reshape(
        found,
        tf.concat(
            List.of(
                tf.slice(sizes, tf.array(0), tf.array(rank - 4)),
                tf.slice(tf.shape(found), tf.array(1), tf.array(3)),
                tf.array(Math.toIntExact(patch))),
            tf.constant(0)));
  }

  private static List<Long> framed(List<Long> sizes) {
    return List.of(1L, sizes.get(0), sizes.get(1), sizes.get(2), 1L);
  }

  /** Images {@code [..., height, width, channels]} as one batch of rank 4. */
  public static <T extends TNumber> Operand<T> flat(Ops tf, Operand<T> images) {
    int rank = images.shape().isUnknown() ? IMAGE_RANK : images.shape().numDimensions();
    if (rank <= IMAGE_RANK) {
      return images;
    }
    long[] sizes = new long[IMAGE_RANK];
    long[] all = images.shape().asArray();
    System.arraycopy(all, rank - 3, sizes, 1, 3);
    sizes[0] = -1;
    if (sizes[1] >= 0 && sizes[2] >= 0) {
      return tf.reshape(images, tf.constant(sizes));
    }
    Operand<TInt32> image = tf.slice(tf.shape(images), tf.array(rank - 3), tf.array(2));
    return tf.reshape(
        images,
        tf.concat(List.of(tf.array(-1), image, tf.array(channels(images))), tf.constant(0)));
  }

  private static int channels(Operand<?> images) {
    return Math.toIntExact(images.shape().get(images.shape().numDimensions() - 1));
  }
}
