package io.github.tfkfac.models.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Position of a run in its data: the next image to be used.
 *
 * @param epoch passes over the data completed
 * @param offset images of the current epoch already used
 */
public record BatcherPosition(int epoch, int offset) {

  /** Before the first image. */
  public static final BatcherPosition START = new BatcherPosition(0, 0);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

  public BatcherPosition {
    if (epoch < 0 || offset < 0) {
      throw new IllegalArgumentException(
          "expected epoch >= 0 and offset >= 0 in a batch position, found " + epoch + ":" + offset);
    }
  }

  /** Reads what {@link #toString} wrote. */
  public static BatcherPosition parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a batch position EPOCH:OFFSET such as 3:1280, found \"" + text + "\"");
    }
    return new BatcherPosition(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** {@code EPOCH:OFFSET}. */
  @Override
  public String toString() {
    return epoch + ":" + offset;
  }
}
