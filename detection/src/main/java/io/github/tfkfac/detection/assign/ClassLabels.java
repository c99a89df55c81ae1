package io.github.tfkfac.detection.assign;

import io.github.tfkfac.detection.profile.DetectorProfile.Background;

/**
 * Numbering of the box head's classes, of which one is the background.
 *
 * @param classes number of classes without the background, at least 1
 * @param position index of the background
 */
public record ClassLabels(int classes, Background position) {

  public ClassLabels {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "expected at least one class to detect, found " + classes + "; COCO has 80");
    }
  }

  /** Number of class logits. */
  public int logits() {
    return classes + 1;
  }

  /** Number of classes with box deltas and masks; a label of an object is an index into them. */
  public int boxes() {
    return position == Background.FIRST ? classes + 1 : classes;
  }

  /** Label of the background. */
  public int background() {
    return position == Background.FIRST ? 0 : classes;
  }

  /** Label of the first class; those of the others follow. */
  public int first() {
    return position == Background.FIRST ? 1 : 0;
  }
}
