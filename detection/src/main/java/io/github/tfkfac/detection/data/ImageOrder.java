package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoImage;
import io.github.tfkfac.models.data.Order.Shuffle;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Images that an epoch visits, and their order. */
public sealed interface ImageOrder {

  /**
   * Numbers of images; each run of {@code batchSize} of them makes a batch. The length is the same
   * in every epoch.
   */
  int[] images(DetectionDataset data, int batchSize, int epoch);

  /** All images in the order of the file. */
  record InFile() implements ImageOrder {
    @Override
    public int[] images(DetectionDataset data, int batchSize, int epoch) {
      return IntStream.range(0, data.size()).toArray();
    }
  }

  /**
   * Images with objects, shuffled, then dealt to batches of wide ({@code w >= h}) and of tall ones
   * in the order in which the batches fill; the images that are left over come last, the wide ones
   * first.
   *
   * @param seed chooses the order, together with the epoch
   * @param leastSide images with a side below this, in pixels of the file, are left out
   */
  record ShuffledByAspect(long seed, int leastSide) implements ImageOrder {

    /** Least side of a training image in mmdetection. */
    public static final int PUBLISHED_LEAST_SIDE = 32;

    @Override
    public int[] images(DetectionDataset data, int batchSize, int epoch) {
      int[] usable = IntStream.range(0, data.size()).filter(i -> usable(data, i)).toArray();
      List<Integer> order = new ArrayList<>();
      List<Integer> wide = new ArrayList<>();
      List<Integer> tall = new ArrayList<>();
      for (int place : new Shuffle(seed).indices(usable.length, epoch)) {
        int image = usable[place];
        List<Integer> group = data.image(image).width() < data.image(image).height() ? tall : wide;
        group.add(image);
        if (group.size() == batchSize) {
          order.addAll(group);
          group.clear();
        }
      }
      order.addAll(wide);
      order.addAll(tall);
      return order.stream().mapToInt(Integer::intValue).toArray();
    }

    private boolean usable(DetectionDataset data, int number) {
      CocoImage image = data.image(number);
      return Math.min(image.height(), image.width()) >= leastSide
          && !data.objects(number).isEmpty();
    }
  }
}
