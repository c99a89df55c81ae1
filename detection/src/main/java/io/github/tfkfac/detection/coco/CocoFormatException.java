package io.github.tfkfac.detection.coco;

import io.github.tfkfac.models.text.Counts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A file that is not a valid instances or results file; names every problem, one per line. */
public final class CocoFormatException extends IOException {

  /** Lines about a file; the problems beyond are counted. */
  private static final int MOST_LINES = 50;

  private final transient List<String> lines;

  /** With at least one problem of one of the files, in the order in which they are named. */
  public CocoFormatException(Map<Path, List<Problem>> problems) {
    this(lines(problems));
  }

  /** With at least one problem. */
  public CocoFormatException(Path file, List<Problem> problems) {
    this(Map.of(file, problems));
  }

  private CocoFormatException(List<String> lines) {
    super(String.join("\n", lines));
    this.lines = lines;
  }

  /** A line per problem; of many, the first and their number. */
  public List<String> lines() {
    return lines;
  }

  private static List<String> lines(Map<Path, List<Problem>> problems) {
    List<String> lines = new ArrayList<>();
    problems.forEach(
        (file, some) -> {
          some.stream().limit(MOST_LINES).forEach(one -> lines.add(file + ": " + one.line()));
          if (some.size() > MOST_LINES) {
            lines.add(file + ": and " + Counts.of(some.size() - MOST_LINES, "more problem"));
          }
        });
    return List.copyOf(lines);
  }
}
