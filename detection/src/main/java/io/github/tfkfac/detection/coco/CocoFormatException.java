package io.github.tfkfac.detection.coco;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is no valid instances or results file; the message is one line. */
public final class CocoFormatException extends IOException {

  CocoFormatException(Path file, String text) {
    super(file + ": " + text);
  }

  CocoFormatException(Path file, Problem problem) {
    this(file, problem.line());
  }
}
