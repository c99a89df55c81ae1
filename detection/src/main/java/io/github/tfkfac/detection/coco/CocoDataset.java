package io.github.tfkfac.detection.coco;

import java.util.List;

/**
 * Images, categories and annotations, in the order of the file.
 *
 * @param images unique ids
 * @param categories unique ids
 * @param annotations each of an image and a category of the set
 */
public record CocoDataset(
    List<CocoImage> images, List<CocoCategory> categories, List<Annotation> annotations) {

  public CocoDataset {
    images = List.copyOf(images);
    categories = List.copyOf(categories);
    annotations = List.copyOf(annotations);
  }
}
