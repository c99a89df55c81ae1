package io.github.tfkfac.detection.data;

import io.github.tfkfac.detection.coco.CocoCategory;
import io.github.tfkfac.detection.coco.CocoDataset;
import java.util.Comparator;
import java.util.List;

/**
 * The detector's class numbers 0 to K - 1: the categories by ascending id, whose ids may have gaps.
 *
 * @param categories of different ids; put in ascending order
 */
public record CategoryIndex(List<CocoCategory> categories) {

  public CategoryIndex {
    categories = categories.stream().sorted(Comparator.comparingLong(CocoCategory::id)).toList();
    if (categories.isEmpty()) {
      throw new IllegalArgumentException("expected at least one category, found none");
    }
  }

  /** The categories of a data set. */
  public static CategoryIndex of(CocoDataset data) {
    return new CategoryIndex(data.categories());
  }

  /** Number of classes. */
  public int size() {
    return categories.size();
  }

  /** The category of a class number. */
  public CocoCategory category(int index) {
    return categories.get(index);
  }

  /**
   * The class number of a category.
   *
   * @throws IllegalArgumentException if there is no such category
   */
  public int indexOf(long categoryId) {
    int low = 0;
    int high = categories.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long id = categories.get(middle).id();
      if (id == categoryId) {
        return middle;
      }
      if (id < categoryId) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    throw new IllegalArgumentException(
        "expected one of the " + size() + " categories, found category id " + categoryId);
  }
}
