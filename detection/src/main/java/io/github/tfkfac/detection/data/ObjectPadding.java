package io.github.tfkfac.detection.data;

/** Number of places that a batch has for the objects of an image. */
public sealed interface ObjectPadding {

  /** As many as the image with the most objects needs, at least one. No object is left out. */
  record ToLargest() implements ObjectPadding {}

  /**
   * A fixed number, so that shapes do not change. Of more objects in an image the ones with the
   * largest boxes are kept, in the order of the file.
   *
   * @param objects at least one
   */
  record Fixed(int objects) implements ObjectPadding {
    public Fixed {
      if (objects < 1) {
        throw new IllegalArgumentException(
            "expected at least 1 place for objects per image, found " + objects);
      }
    }
  }
}
