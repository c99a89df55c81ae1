package io.github.tfkfac.detection.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * COCO's twelve numbers; -1 where there is no object to find.
 *
 * <p>Average precision is the mean over thresholds of overlap 0.50 to 0.95, 101 of recall and
 * categories; average recall that over thresholds of overlap and categories. Small, medium and
 * large are objects of {@link AreaRange}. All but {@code arFirst} and {@code arMiddle} count the
 * detections up to the largest limit.
 *
 * @param ap average precision
 * @param ap50 at an overlap of 0.50 alone
 * @param ap75 at an overlap of 0.75 alone
 * @param apSmall of small objects
 * @param apMedium of medium objects
 * @param apLarge of large objects
 * @param arFirst average recall at the smallest limit, COCO's AR1
 * @param arMiddle at the second limit or, if there is one only, at that; COCO's AR10
 * @param ar at the largest limit, COCO's AR100
 * @param arSmall of small objects
 * @param arMedium of medium objects
 * @param arLarge of large objects
 */
public record CocoMetrics(
    double ap,
    double ap50,
    double ap75,
    double apSmall,
    double apMedium,
    double apLarge,
    double arFirst,
    double arMiddle,
    double ar,
    double arSmall,
    double arMedium,
    double arLarge) {

  /** The numbers in COCO's order, under the names of COCO's limits. */
  public Map<String, Double> byName() {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("AP", ap);
    values.put("AP50", ap50);
    values.put("AP75", ap75);
    values.put("APs", apSmall);
    values.put("APm", apMedium);
    values.put("APl", apLarge);
    values.put("AR1", arFirst);
    values.put("AR10", arMiddle);
    values.put("AR100", ar);
    values.put("ARs", arSmall);
    values.put("ARm", arMedium);
    values.put("ARl", arLarge);
    return values;
  }
}
