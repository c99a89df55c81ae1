package io.github.tfkfac.detection.coco;

import io.github.tfkfac.models.text.Counts;
import java.util.Arrays;

/**
 * COCO's string for run lengths (cocodataset/cocoapi, maskApi, rleToString): from the fourth length
 * on the difference to the length two before, in groups of five bits, the lowest first; a sixth bit
 * says that more follow, the last group's fifth bit is the sign; 48 is added to get a character.
 */
final class CompressedRle {
  private static final int OFFSET = 48;
  private static final int GROUP = 5;
  private static final int BITS = 0x1f;
  private static final int SIGN = 0x10;
  private static final int MORE = 0x20;
  private static final int MOST_GROUPS = 7;
  private static final int PLAIN = 3;

  private CompressedRle() {}

  static String encode(int[] counts) {
    StringBuilder code = new StringBuilder(2 * counts.length);
    for (int at = 0; at < counts.length; at++) {
      long rest = at < PLAIN ? counts[at] : (long) counts[at] - counts[at - 2];
      boolean more = true;
      while (more) {
        int bits = (int) (rest & BITS);
        rest >>= GROUP;
        more = (bits & SIGN) == 0 ? rest != 0 : rest != -1;
        code.append((char) (OFFSET + bits + (more ? MORE : 0)));
      }
    }
    return code.toString();
  }

  static int[] decode(String code) {
    int[] counts = new int[code.length()];
    int size = 0;
    for (int position = 0; position < code.length(); ) {
      long value = 0;
      int shift = 0;
      int bits;
      do {
        if (position == code.length()) {
          throw new IllegalArgumentException(
              "compressed run lengths end within a number, after " + Counts.of(size, "run"));
        }
        bits = code.charAt(position) - OFFSET;
        if (bits < 0 || bits >= 2 * MORE || shift == GROUP * MOST_GROUPS) {
          throw new IllegalArgumentException(
              "compressed run lengths hold '"
                  + code.charAt(position)
                  + "' at character "
                  + position
                  + ", which cannot be there");
        }
        value |= (long) (bits & BITS) << shift;
        shift += GROUP;
        position++;
      } while ((bits & MORE) != 0);
      if ((bits & SIGN) != 0) {
        value |= -1L << shift;
      }
      counts[size] = count(size < PLAIN ? value : value + counts[size - 2], size);
      size++;
    }
    return Arrays.copyOf(counts, size);
  }

  private static int count(long value, int run) {
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "compressed run lengths have length " + value + " for run " + run);
    }
    return (int) value;
  }
}
