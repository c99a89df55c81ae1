package io.github.tfkfac.detection.coco;

import java.util.List;

/**
 * What could be read of an instances file, and what could not.
 *
 * @param dataset without the entries that cannot be used
 * @param problems why each of them is left out, in the order of the file per kind of entry
 */
public record DatasetReading(CocoDataset dataset, List<Problem> problems) {
  public DatasetReading {
    problems = List.copyOf(problems);
  }
}
