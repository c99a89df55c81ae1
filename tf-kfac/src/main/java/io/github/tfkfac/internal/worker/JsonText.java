package io.github.tfkfac.internal.worker;

import io.github.tfkfac.ClusterException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON: maps, lists, text, {@code Double}, {@code Boolean} and null. */
public final class JsonText {

  /** Deeper ones are no description of a cluster. */
  private static final int DEEPEST = 50;

  private final String text;
  private final String source;
  private int at;

  private JsonText(String text, String source) {
    this.text = text;
    this.source = source;
  }

  /**
   * Reads a text that is one value.
   *
   * @param source what messages call it
   * @throws ClusterException where it is no JSON
   */
  static @Nullable Object parse(String text, String source) {
    JsonText reader = new JsonText(text, source);
    Object value = reader.value(0);
    if (reader.peek() != END) {
      throw reader.unexpected("the end");
    }
    return value;
  }

  private static final char END = '\0';

  /** The next character that is not white space. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  private @Nullable Object value(int depth) {
    char next = peek();
    if (depth > DEEPEST) {
      throw unexpected("at most " + DEEPEST + " levels");
    }
    return switch (next) {
      case '{' -> object(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> entries = new LinkedHashMap<>();
    at++;
    if (peek() != '}') {
      do {
        String key = peek() == '"' ? string() : fail("a name in quotes");
        take(':');
        if (entries.containsKey(key)) {
          throw unexpected("'" + key + "' once");
        }
        entries.put(key, value(depth + 1));
      } while (follows(','));
    }
    take('}');
    return entries;
  }

  private List<@Nullable Object> list(int depth) {
    List<@Nullable Object> values = new ArrayList<>();
    at++;
    if (peek() != ']') {
      do {
        values.add(value(depth + 1));
      } while (follows(','));
    }
    take(']');
    return values;
  }

  private String string() {
    StringBuilder result = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      char next = text.charAt(at++);
      if (next < ' ') {
        at--;
        throw unexpected("no control character in a text");
      }
      result.append(next == '\\' ? escaped() : next);
    }
    take('"');
    return result.toString();
  }

  private char escaped() {
    char escape = at < text.length() ? text.charAt(at) : END;
    int plain = "\"\\/bfnrt".indexOf(escape);
    if (escape != END && plain >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    int end = Math.min(at + 5, text.length());
    if (escape == 'u' && text.substring(at + 1, end).matches("[0-9a-fA-F]{4}")) {
      at += 5;
      return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
    throw unexpected("an escape sequence");
  }

  private @Nullable Object word(String word, @Nullable Object meaning) {
    if (!text.startsWith(word, at)) {
      throw unexpected("a value");
    }
    at += word.length();
    return meaning;
  }

  private Double number() {
    int end = at;
    while (end < text.length() && "+-.eE0123456789".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    String digits = text.substring(at, end);
    if (!digits.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      throw unexpected("a value");
    }
    at = end;
    return Double.valueOf(digits);
  }

  private boolean follows(char character) {
    if (peek() != character) {
      return false;
    }
    at++;
    return true;
  }

  private void take(char character) {
    if (!follows(character)) {
      throw unexpected("'" + character + "'");
    }
  }

  private String fail(String expected) {
    throw unexpected(expected);
  }

  private ClusterException unexpected(String expected) {
    String rest = text.substring(Math.min(at, text.length())).replaceAll("\\s+", " ");
    String found =
        rest.isEmpty() ? "the end" : "'" + rest.substring(0, Math.min(20, rest.length())) + "'";
    return new ClusterException(
        "expected JSON in %s, with %s at character %d, found %s"
            .formatted(source, expected, at + 1, found));
  }
}
