package io.github.tfkfac.models.text;

/** Numbers of things in messages: {@code 1 image}, {@code 2 images}. */
public final class Counts {

  private Counts() {}

  /** A number with a noun whose plural ends in one more s, such as {@code "skipped step"}. */
  public static String of(long count, String singular) {
    return of(count, singular, singular + "s");
  }

  /** A number with a noun of which both forms are given, such as {@code "class", "classes"}. */
  public static String of(long count, String singular, String plural) {
    return count + " " + (count == 1 ? singular : plural);
  }
}
