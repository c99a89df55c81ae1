package io.github.tfkfac.models.data;

import java.security.MessageDigest;

/** Storage of a data set's images. */
sealed interface ImageStore permits ImagesInMemory, ImagesInFiles {

  /** Copy of the bytes of one image, HWC. */
  byte[] image(int image);

  /** One byte of an image. */
  byte value(int image, int place);

  /** A part of the original of one image, resized to the size of all; HWC. */
  byte[] region(int image, Region.Choice choice);

  /** The images from {@code start} (included) to {@code end} (excluded). */
  ImageStore range(int start, int end);

  /** Adds what identifies the images. */
  void addTo(MessageDigest digest);
}
