package io.github.tfkfac;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Glob for the names of variables, and so of layers' weights: {@code *} stands for any characters,
 * {@code ?} for one, everything else for itself. It must match the whole name.
 *
 * @param text the pattern as written, for example {@code fc*} or {@code *&#47;downsample/*}
 */
public record NamePattern(String text) {

  public NamePattern {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "expected a pattern of variables' names such as 'fc*', found an empty one");
    }
  }

  /** Whether a layer's name matches. */
  public boolean matches(String name) {
    String regex =
        text.chars()
            .mapToObj(
                character ->
                    switch (character) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(character));
                    })
            .collect(Collectors.joining());
    return Pattern.matches(regex, name);
  }

  @Override
  public String toString() {
    return text;
  }
}
