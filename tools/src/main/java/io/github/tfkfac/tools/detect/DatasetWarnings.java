package io.github.tfkfac.tools.detect;

import static java.util.stream.Collectors.joining;

import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.models.text.Counts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Problems in spite of which a command continues: a line for each sort, with their number and the
 * first.
 */
public final class DatasetWarnings {

  private static final int FIRST = 3;

  private DatasetWarnings() {}

  /** Lines about a file's problems. */
  public static List<String> lines(Path file, List<Problem> problems) {
    Map<Sort, List<Problem>> groups = new LinkedHashMap<>();
    problems.forEach(
        one -> groups.computeIfAbsent(sort(one.kind()), sort -> new ArrayList<>()).add(one));
    List<String> lines = new ArrayList<>();
    groups.forEach(
        (sort, some) ->
            lines.add(
                "%s: %s: %s%s"
                    .formatted(
                        file,
                        sort.counted(some.size()),
                        some.stream().limit(FIRST).map(Problem::line).collect(joining("; ")),
                        some.size() > FIRST
                            ? "; and " + (some.size() - FIRST) + " more, see 'kfac detect validate'"
                            : "")));
    return lines;
  }

  private static Sort sort(Problem.Kind kind) {
    return switch (kind) {
      case BAD_POLYGON, BAD_RUN_LENGTHS, NO_OUTLINE ->
          new Sort("fault", "faults", " in outlines, which boxes do not need");
      case UNKNOWN_IMAGE, UNKNOWN_CATEGORY -> new Sort("entry", "entries", " left out");
      case TOLERATED ->
          new Sort(
              "missing or wrong value",
              "missing or wrong values",
              ", taken as pycocotools takes them");
      case REPEATED_ENTRY -> new Sort("entry repeats another", "entries repeat others", "");
      default -> new Sort("remark", "remarks", "");
    };
  }

  /** The words after a number of problems that are told together. */
  private record Sort(String singular, String plural, String rest) {
    String counted(int count) {
      return Counts.of(count, singular, plural) + rest;
    }
  }
}
