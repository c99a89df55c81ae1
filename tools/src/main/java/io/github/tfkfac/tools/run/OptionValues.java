package io.github.tfkfac.tools.run;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Option values as text, by the option's name without dashes.
 *
 * @param values those that were given
 */
record OptionValues(Map<String, String> values) {

  OptionValues {
    values = new LinkedHashMap<>(values);
  }

  /**
   * Refuses names that are not options.
   *
   * @throws UserError with the nearest known name
   */
  void requireKnown(Collection<String> names) {
    for (String name : values.keySet()) {
      Suggestions.require("option", name, names);
    }
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  String text(String name, String otherwise) {
    return text(name).orElse(otherwise);
  }

  int count(String name, int otherwise) {
    return parsed(name, otherwise, "a whole number", Integer::valueOf);
  }

  long whole(String name, long otherwise) {
    return parsed(name, otherwise, "a whole number", Long::valueOf);
  }

  double number(String name, double otherwise) {
    return parsed(name, otherwise, "a number", Double::valueOf);
  }

  boolean flag(String name, boolean otherwise) {
    return parsed(name, otherwise, "true or false", OptionValues::truth);
  }

  private <V> V parsed(String name, V otherwise, String expected, Function<String, V> parser) {
    Optional<String> text = text(name);
    try {
      return text.map(parser).orElse(otherwise);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "expected " + expected + " for '" + name + "', found '" + text.orElse("") + "'", e);
    }
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }
}
