package io.github.tfkfac.tools.run;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Option values as text, by the option's name without dashes.
 *
 * @param values those that were given
 */
public record OptionValues(Map<String, String> values) {

  public OptionValues {
    values = new LinkedHashMap<>(values);
  }

  /**
   * Rejects names that are not options.
   *
   * @throws UserError with the nearest known name
   */
  public void requireKnown(Collection<String> names) {
    for (String name : values.keySet()) {
      Suggestions.require("option", name, names);
    }
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public String text(String name, String otherwise) {
    return text(name).orElse(otherwise);
  }

  public int count(String name, int otherwise) {
    return parsed(name, otherwise, OptionText.count());
  }

  public long whole(String name, long otherwise) {
    return parsed(name, otherwise, OptionText.whole());
  }

  public double number(String name, double otherwise) {
    return parsed(name, otherwise, OptionText.number());
  }

  public boolean flag(String name, boolean otherwise) {
    return parsed(name, otherwise, OptionText.truth());
  }

  /** Numbers separated by commas. */
  public <N> List<N> numbers(String name, String otherwise, Function<String, N> reader) {
    return OptionText.numbers(reader).read(name, text(name, otherwise));
  }

  private <V> V parsed(String name, V otherwise, OptionText<V> form) {
    return text(name).map(text -> form.read(name, text)).orElse(otherwise);
  }

  /** These, and what others say besides or instead. */
  public OptionValues with(OptionValues others) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.putAll(others.values);
    return new OptionValues(all);
  }
}
