package io.github.tfkfac.tools.error;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Answers an unknown name with the known one that was probably meant. */
public final class Suggestions {
  private static final int LONGEST_LIST = 40;

  private Suggestions() {}

  /**
   * The known name with the smallest edit distance (insertions, deletions, substitutions; case does
   * not count), the alphabetically first among equals; empty if that distance exceeds half of the
   * longer name.
   */
  public static Optional<String> nearest(String name, Collection<String> known) {
    Comparator<String> byDistance = Comparator.comparingInt(other -> distance(name, other));
    return known.stream()
        .min(byDistance.thenComparing(Comparator.naturalOrder()))
        .filter(best -> 2 * distance(name, best) <= Math.max(name.length(), best.length()));
  }

  /** One line: what is unknown, the nearest known name, and the known names if they are few. */
  public static String unknown(String kind, String name, Collection<String> known) {
    String guess = nearest(name, known).map(best -> "; did you mean '" + best + "'?").orElse("");
    String list =
        known.isEmpty() || known.size() > LONGEST_LIST
            ? ""
            : (guess.isEmpty() ? ";" : "") + " known: " + String.join(", ", new TreeSet<>(known));
    return "unknown " + kind + " '" + name + "'" + guess + list;
  }

  /**
   * Rejects a name that is not known.
   *
   * @throws UserError with the message of {@link #unknown}
   */
  public static void require(String kind, String name, Collection<String> known) {
    if (!known.contains(name)) {
      throw new UserError(unknown(kind, name, known));
    }
  }

  static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(substituted, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
