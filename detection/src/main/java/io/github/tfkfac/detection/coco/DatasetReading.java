package io.github.tfkfac.detection.coco;

import io.github.tfkfac.detection.coco.Problem.Kind;
import io.github.tfkfac.detection.coco.Problem.Severity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Result of reading an instances file: what could be read, and what could not.
 *
 * @param dataset without the entries that cannot be used; an annotation whose outline cannot be
 *     read is there without it
 * @param problems of the file, in its order per kind of entry
 * @param use for which it was read; for another one what is wrong is judged, not read again
 * @param usedCategories ids of the categories that annotations name, unusable ones included
 * @param ids that results can refer to
 */
public record DatasetReading(
    CocoDataset dataset,
    List<Problem> problems,
    DatasetUse use,
    Set<Long> usedCategories,
    ListedIds ids) {

  public DatasetReading {
    problems = List.copyOf(problems);
    usedCategories = Set.copyOf(usedCategories);
  }

  /** Problems that prevent a use. */
  public List<Problem> errors(DatasetUse other) {
    return of(other, Severity.ERROR);
  }

  /** Problems that do not prevent a use. */
  public List<Problem> warnings(DatasetUse other) {
    return of(other, Severity.WARNING);
  }

  /** All problems for a use; with masks, missing outlines too. */
  public List<Problem> problems(DatasetUse other) {
    if (!other.masks() || use.masks()) {
      return problems;
    }
    Set<String> named = new HashSet<>();
    problems.stream().filter(one -> one.kind().ofOutline()).forEach(one -> named.add(one.where()));
    List<Problem> all = new ArrayList<>(problems);
    for (Annotation annotation : dataset.annotations()) {
      String where = InstancesReader.where(annotation.id());
      if (annotation.segmentation().isEmpty() && !named.contains(where)) {
        all.add(new Problem(Kind.NO_OUTLINE, where, InstancesReader.NO_SEGMENTATION));
      }
    }
    return all;
  }

  private List<Problem> of(DatasetUse other, Severity severity) {
    return problems(other).stream().filter(one -> other.severity(one.kind()) == severity).toList();
  }

  /**
   * The data set, if it can be used.
   *
   * @param file for the message
   * @throws CocoFormatException naming every problem otherwise
   */
  public CocoDataset require(Path file, DatasetUse other) throws CocoFormatException {
    List<Problem> errors = errors(other);
    if (!errors.isEmpty()) {
      throw new CocoFormatException(file, errors);
    }
    return dataset;
  }
}
