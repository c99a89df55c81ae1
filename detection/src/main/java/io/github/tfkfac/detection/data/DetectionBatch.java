package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Images and objects of one step, padded to common sizes. Arrays are not copied, tensors are to be
 * closed by the caller.
 *
 * <p><i>Shapes</i>: N images of H x W, both multiples of {@value #SIZE_MULTIPLE}, padded right and
 * below with 0 after scaling, the mean color; G places for objects per image, of which the first
 * {@code counts[n]} are taken. A place without object has the box (0, 0, 1, 1), whose sides have
 * finite logarithms, label 0 and an empty mask: whoever uses places has to look at the counts.
 */
public final class DetectionBatch {

  /** Of both sides of a batch: the coarsest stride of the pyramid's convolutions. */
  public static final int SIZE_MULTIPLE = 32;

  static final int CHANNELS = 3;
  static final int BOX = 4;

  private final List<PreparedImage> sources;
  private final ImageSize size;
  private final int places;
  private final float[] images;
  private final float[] boxes;
  private final int[] labels;
  private final int[] counts;
  private final byte[] masks;

  DetectionBatch(BatchAssembly assembly) {
    this.sources = assembly.sources();
    this.size = assembly.size();
    this.places = assembly.places();
    this.images = assembly.images();
    this.boxes = assembly.boxes();
    this.labels = assembly.labels();
    this.counts = assembly.counts();
    this.masks = assembly.masks();
  }

  /**
   * Puts samples together.
   *
   * @param samples at least one
   * @param padding places for objects
   * @param masks {@link Masks#BITMAPS} if the samples have masks
   */
  public static DetectionBatch of(
      List<DetectionSample> samples, ObjectPadding padding, Masks masks) {
    return new DetectionBatch(new BatchAssembly(samples, padding, masks));
  }

  /** Number of images N. */
  public int size() {
    return sources.size();
  }

  /** H x W, padding included. */
  public ImageSize paddedSize() {
    return size;
  }

  /** Places for objects per image, G. */
  public int places() {
    return places;
  }

  /** Source of each image. */
  public List<PreparedImage> sources() {
    return sources;
  }

  /** Scaled values {@code [N, H, W, 3]}. */
  public float[] images() {
    return images;
  }

  /** Height and width of each image without padding, {@code [N, 2]}. */
  public int[] imageSizes() {
    int[] sizes = new int[2 * size()];
    for (int n = 0; n < size(); n++) {
      sizes[2 * n] = sources.get(n).size().height();
      sizes[2 * n + 1] = sources.get(n).size().width();
    }
    return sizes;
  }

  /** Left, upper, right and lower edge in pixels of the resized image, {@code [N, G, 4]}. */
  public float[] boxes() {
    return boxes;
  }

  /** The boxes of the objects of one image, without padding. */
  public List<Box> boxes(int image) {
    List<Box> result = new ArrayList<>();
    for (int g = 0; g < counts[image]; g++) {
      int at = (image * places + g) * BOX;
      result.add(new Box(boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]));
    }
    return result;
  }

  /** Class numbers 0 to K - 1, {@code [N, G]}. */
  public int[] labels() {
    return labels;
  }

  /** Objects of each image, {@code [N]}. */
  public int[] counts() {
    return counts;
  }

  /** Whether there are masks. */
  public boolean hasMasks() {
    return masks.length > 0;
  }

  /** 0 or 1, {@code [N, G, H, W]}; of length 0 without masks. */
  public byte[] masks() {
    return masks;
  }

  /** {@link #images} as a tensor {@code [N, H, W, 3]}. */
  public TFloat32 imageTensor() {
    Shape shape = Shape.of(size(), size.height(), size.width(), CHANNELS);
    return TFloat32.tensorOf(shape, DataBuffers.of(images, true, false));
  }

  /** {@link #imageSizes} as a tensor {@code [N, 2]}. */
  public TInt32 imageSizeTensor() {
    return TInt32.tensorOf(Shape.of(size(), 2), DataBuffers.of(imageSizes(), true, false));
  }

  /** {@link #boxes()} as a tensor {@code [N, G, 4]}. */
  public TFloat32 boxTensor() {
    return TFloat32.tensorOf(Shape.of(size(), places, BOX), DataBuffers.of(boxes, true, false));
  }

  /** {@link #labels} as a tensor {@code [N, G]}. */
  public TInt32 labelTensor() {
    return TInt32.tensorOf(Shape.of(size(), places), DataBuffers.of(labels, true, false));
  }

  /** {@link #counts} as a tensor {@code [N]}. */
  public TInt32 countTensor() {
    return TInt32.tensorOf(Shape.of(size()), DataBuffers.of(counts, true, false));
  }

  /** {@link #masks} as a tensor {@code [N, G, H, W]}. */
  public TUint8 maskTensor() {
    if (!hasMasks()) {
      throw new IllegalStateException(
          "expected a batch with masks, found one without; prepare it with Masks.BITMAPS");
    }
    Shape shape = Shape.of(size(), places, size.height(), size.width());
    return TUint8.tensorOf(shape, DataBuffers.of(masks, true, false));
  }
}
