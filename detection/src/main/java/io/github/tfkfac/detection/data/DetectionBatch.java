package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
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

  private static final int CHANNELS = 3;
  private static final int BOX = 4;

  private final List<PreparedImage> sources;
  private final ImageSize size;
  private final int places;
  private final float[] images;
  private final float[] boxes;
  private final int[] labels;
  private final int[] counts;
  private final byte[] masks;

  private DetectionBatch(List<DetectionSample> samples, ObjectPadding padding, Masks withMasks) {
    sources = samples.stream().map(DetectionSample::source).toList();
    size =
        sources.stream()
            .map(PreparedImage::size)
            .reduce(ImageSize::union)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "expected at least 1 image in a batch, found none"))
            .roundedUp(SIZE_MULTIPLE);
    places =
        padding instanceof ObjectPadding.Fixed fixed
            ? fixed.objects()
            : samples.stream().mapToInt(sample -> sample.boxes().size()).reduce(1, Math::max);
    int n = samples.size();
    int area = size.height() * size.width();
    images = new float[Math.multiplyExact(n * CHANNELS, area)];
    boxes = new float[n * places * BOX];
    labels = new int[n * places];
    counts = new int[n];
    masks = new byte[withMasks == Masks.NONE ? 0 : Math.multiplyExact(n * places, area)];
    for (int i = 0; i < n; i++) {
      copyPixels(samples.get(i), i);
      copyObjects(samples.get(i), i);
    }
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
    return new DetectionBatch(samples, padding, masks);
  }

  private void copyPixels(DetectionSample sample, int image) {
    int row = sample.source().size().width() * CHANNELS;
    int paddedRow = size.width() * CHANNELS;
    for (int y = 0; y < sample.source().size().height(); y++) {
      int target = (image * size.height() + y) * paddedRow;
      System.arraycopy(sample.pixels(), y * row, images, target, row);
    }
  }

  private void copyObjects(DetectionSample sample, int image) {
    int[] kept = kept(sample.boxes());
    counts[image] = kept.length;
    for (int g = 0; g < places; g++) {
      int place = image * places + g;
      Box box = g < kept.length ? sample.boxes().get(kept[g]) : new Box(0, 0, 1, 1);
      boxes[place * BOX] = (float) box.x1();
      boxes[place * BOX + 1] = (float) box.y1();
      boxes[place * BOX + 2] = (float) box.x2();
      boxes[place * BOX + 3] = (float) box.y2();
      if (g < kept.length) {
        labels[place] = sample.labels().get(kept[g]);
        if (masks.length > 0) {
          copyMask(sample.masks().get(kept[g]), place);
        }
      }
    }
  }

  /** The objects that find a place, in order: the largest ones if there are too many. */
  private int[] kept(List<Box> all) {
    return IntStream.range(0, all.size())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -all.get(i).area()))
        .limit(places)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private void copyMask(Bitmap mask, int place) {
    int row = mask.size().width();
    for (int y = 0; y < mask.size().height(); y++) {
      int target = (place * size.height() + y) * size.width();
      System.arraycopy(mask.values(), y * row, masks, target, row);
    }
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
