package io.github.tfkfac.detection.evaluate;

import io.github.tfkfac.detection.coco.CocoCategory;

/**
 * Numbers of one category, of objects of all sizes; -1 where there is no object to find.
 *
 * @param category which
 * @param objects to be found, crowds left out
 * @param ap average precision
 * @param ap50 average precision at an overlap of 0.50 alone
 * @param ar average recall at the largest limit, COCO's AR100
 */
public record CategoryMetrics(
    CocoCategory category, int objects, double ap, double ap50, double ar) {}
