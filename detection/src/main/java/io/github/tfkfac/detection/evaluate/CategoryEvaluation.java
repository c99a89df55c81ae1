package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.CocoCategory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Precision and recall of one category.
 *
 * @param category which
 * @param curves per range of areas one for each limit; empty if there is no object to find
 */
public record CategoryEvaluation(
    CocoCategory category, Map<AreaRange, List<Optional<PrecisionRecall>>> curves) {

  public CategoryEvaluation {
    curves = Map.copyOf(curves);
  }

  /** The curve of a range at a limit, given by its index. */
  public Optional<PrecisionRecall> curve(AreaRange range, int limit) {
    return curves.getOrDefault(range, List.of()).get(limit);
  }
}
