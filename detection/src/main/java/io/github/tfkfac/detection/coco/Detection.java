package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.box.Box;
import java.util.Optional;

/**
 * An object that a detector found.
 *
 * @param imageId of the image
 * @param categoryId of the category
 * @param box in pixels of the image
 * @param score between 0 and 1
 * @param mask of the size of the image, if masks are detected
 */
public record Detection(
    long imageId, long categoryId, Box box, double score, Optional<RunLengths> mask) {}
