package io.github.tfkfac.detection.coco;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What happens to the problems of a file. */
interface ProblemLog {

  void report(Problem problem) throws IOException;

  /** The first ends the reading. */
  static ProblemLog failing(Path file) {
    return problem -> {
      throw new CocoFormatException(file, problem);
    };
  }

  /** They are added to the list. */
  static ProblemLog collecting(List<Problem> problems) {
    return problems::add;
  }
}
