package io.github.tfkfac.models.weights;

import java.util.List;

/**
 * Result of a partial import: what it set and what it left.
 *
 * @param imported parameters that got their entry's values
 * @param missing parameters without an entry, which keep their values
 * @param unused entries without a parameter, in alphabetical order
 */
public record PartialImport(List<String> imported, List<String> missing, List<String> unused) {

  public PartialImport {
    imported = List.copyOf(imported);
    missing = List.copyOf(missing);
    unused = List.copyOf(unused);
  }
}
