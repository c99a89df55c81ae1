package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.box.Box;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Copies samples into the padded arrays of a {@link DetectionBatch}. */
final class BatchAssembly {

  private final List<PreparedImage> sources;
  private final ImageSize size;
  private final int places;
  private final float[] images;
  private final float[] boxes;
  private final int[] labels;
  private final int[] counts;
  private final byte[] masks;

  BatchAssembly(List<DetectionSample> samples, ObjectPadding padding, Masks withMasks) {
    sources = samples.stream().map(DetectionSample::source).toList();
    size =
        sources.stream()
            .map(PreparedImage::size)
            .reduce(ImageSize::union)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "expected at least 1 image in a batch, found none"))
            .roundedUp(DetectionBatch.SIZE_MULTIPLE);
    places =
        padding instanceof ObjectPadding.Fixed fixed
            ? fixed.objects()
            : samples.stream().mapToInt(sample -> sample.boxes().size()).reduce(1, Math::max);
    int n = samples.size();
    int area = size.height() * size.width();
    images = new float[Math.multiplyExact(n * DetectionBatch.CHANNELS, area)];
    boxes = new float[n * places * DetectionBatch.BOX];
    labels = new int[n * places];
    counts = new int[n];
    masks = new byte[withMasks == Masks.NONE ? 0 : Math.multiplyExact(n * places, area)];
    for (int i = 0; i < n; i++) {
      copyPixels(samples.get(i), i);
      copyObjects(samples.get(i), i);
    }
  }

  List<PreparedImage> sources() {
    return sources;
  }

  ImageSize size() {
    return size;
  }

  int places() {
    return places;
  }

  float[] images() {
    return images;
  }

  float[] boxes() {
    return boxes;
  }

  int[] labels() {
    return labels;
  }

  int[] counts() {
    return counts;
  }

  byte[] masks() {
    return masks;
  }

  private void copyPixels(DetectionSample sample, int image) {
    int row = sample.source().size().width() * DetectionBatch.CHANNELS;
    int paddedRow = size.width() * DetectionBatch.CHANNELS;
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
      boxes[place * DetectionBatch.BOX] = (float) box.x1();
      boxes[place * DetectionBatch.BOX + 1] = (float) box.y1();
      boxes[place * DetectionBatch.BOX + 2] = (float) box.x2();
      boxes[place * DetectionBatch.BOX + 3] = (float) box.y2();
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
}
