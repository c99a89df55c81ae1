package io.github.tfkfac.detection.coco;

import java.util.Set;

/**
 * Ids that results can refer to.
 *
 * @param images numbers of the images' ids
 * @param categories numbers of the categories' ids
 * @param unusableImages images whose entry cannot be used
 * @param unsizedImages images without a size, which no annotation needs
 */
public record ListedIds(
    EntryIds images, EntryIds categories, Set<Long> unusableImages, Set<Long> unsizedImages) {

  /** Of a data set without problems. */
  static final ListedIds WHOLE = new ListedIds(EntryIds.WHOLE, EntryIds.WHOLE, Set.of(), Set.of());

  public ListedIds {
    unusableImages = Set.copyOf(unusableImages);
    unsizedImages = Set.copyOf(unsizedImages);
  }
}
