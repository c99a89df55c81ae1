package io.github.tfkfac.detection.coco;

/**
 * A category of a COCO data set; ids may have gaps.
 *
 * @param id unique in the data set
 * @param name for people
 */
public record CocoCategory(long id, String name) {}
