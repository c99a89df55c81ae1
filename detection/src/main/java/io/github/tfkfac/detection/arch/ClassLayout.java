package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.profile.DetectorProfile.Background;

/**
 * Where the classes and the background are among the outputs of the heads. Classes are counted from
 * 0 without the background.
 *
 * @param classes number of classes, without the background
 * @param position where the background is
 */
public record ClassLayout(int classes, Background position) {

  public ClassLayout {
    Require.positive("number of classes", classes);
  }

  /** Class logits of a region: one more than classes. */
  public int logits() {
    return classes + 1;
  }

  /** Boxes, or masks, of a region: one per class, and one of the background if it is first. */
  public int regions() {
    return switch (position) {
      case FIRST -> classes + 1;
      case LAST -> classes;
    };
  }

  /** Index of the background's logit. */
  public int background() {
    return switch (position) {
      case FIRST -> 0;
      case LAST -> classes;
    };
  }

  /** Index of the first class among the logits, the boxes and the masks; the others follow. */
  public int firstClass() {
    return switch (position) {
      case FIRST -> 1;
      case LAST -> 0;
    };
  }
}
