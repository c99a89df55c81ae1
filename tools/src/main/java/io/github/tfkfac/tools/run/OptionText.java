package io.github.tfkfac.tools.run;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Cosine;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Textual form of an option's value.
 *
 * @param expected what is expected of the user
 * @param reader the value of a text
 * @param writer the text of a value
 */
record OptionText<V>(String expected, Function<String, V> reader, Function<V, String> writer) {

  private static final String COSINE = "cosine:";

  static OptionText<Double> number() {
    return new OptionText<>("a number", Double::valueOf, String::valueOf);
  }

  /**
   * A number, or {@code cosine:FROM:TO}.
   *
   * @param steps of the whole run, over which a schedule goes
   */
  static OptionText<Schedule> schedule(long steps) {
    return new OptionText<>(
        "a number, or cosine:FROM:TO with numbers > 0",
        text -> scheduleOf(text, steps),
        schedule ->
            schedule instanceof Cosine cosine
                ? COSINE + cosine.initial() + ":" + cosine.last()
                : String.valueOf(((Constant) schedule).value()));
  }

  private static Schedule scheduleOf(String text, long steps) {
    if (!text.startsWith(COSINE)) {
      return Schedule.constant(Double.parseDouble(text));
    }
    String[] ends = text.substring(COSINE.length()).split(":", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException(text);
    }
    double from = Double.parseDouble(ends[0]);
    double to = Double.parseDouble(ends[1]);
    if (!(from > 0 && to > 0)) {
      throw new IllegalArgumentException(text);
    }
    return Schedule.cosine(from, to, steps);
  }

  static OptionText<Long> whole() {
    return new OptionText<>("a whole number", Long::valueOf, String::valueOf);
  }

  static OptionText<Integer> count() {
    return new OptionText<>("a whole number", Integer::valueOf, String::valueOf);
  }

  static OptionText<Boolean> truth() {
    return new OptionText<>("true or false", OptionText::truthOf, String::valueOf);
  }

  /**
   * One of several names.
   *
   * @param kind what they name
   * @param values what each stands for; a value is told by equality, or else by its class
   */
  static <V> OptionText<V> oneOf(String kind, Map<String, V> values) {
    Map<String, V> known = new LinkedHashMap<>(values);
    return new OptionText<>(
        "one of " + String.join(", ", known.keySet()),
        name -> {
          Suggestions.require(kind, name, known.keySet());
          return Objects.requireNonNull(known.get(name));
        },
        value -> nameOf(value, known));
  }

  /** Numbers, separated by commas. */
  static <N> OptionText<List<N>> numbers(Function<String, N> reader) {
    return new OptionText<>(
        "numbers separated by commas",
        text -> parts(text).filter(part -> !part.isEmpty()).map(reader).toList(),
        numbers -> numbers.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  /** Layer patterns, separated by commas. */
  static OptionText<List<NamePattern>> patterns() {
    return new OptionText<>(
        "layer patterns such as fc*, separated by commas",
        text -> parts(text).map(NamePattern::new).toList(),
        patterns -> patterns.stream().map(NamePattern::text).collect(Collectors.joining(",")));
  }

  /** Pairs of a layer pattern and a value, separated by commas; of two equal patterns the last. */
  static <V> OptionText<Map<String, V>> perLayer(OptionText<V> form) {
    return new OptionText<>(
        "PATTERN=VALUE, separated by commas, with " + form.expected() + " as value",
        text -> {
          Map<String, V> values = new LinkedHashMap<>();
          parts(text)
              .forEach(
                  pair -> {
                    int split = pair.lastIndexOf('=');
                    String value = pair.substring(split + 1).strip();
                    NamePattern pattern =
                        new NamePattern(pair.substring(0, Math.max(0, split)).strip());
                    values.put(pattern.text(), form.reader().apply(value));
                  });
          return values;
        },
        values ->
            values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + form.writer().apply(entry.getValue()))
                .collect(Collectors.joining(",")));
  }

  private static Stream<String> parts(String text) {
    return text.isEmpty() ? Stream.empty() : Arrays.stream(text.split(",", -1)).map(String::strip);
  }

  /**
   * The value of a text.
   *
   * @param name the option
   * @throws UserError if the text is not of this form
   */
  V read(String name, String text) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new UserError("expected " + expected + " for '" + name + "', found '" + text + "'", e);
    }
  }

  private static <V> String nameOf(V value, Map<String, V> known) {
    List<Map.Entry<String, V>> entries = List.copyOf(known.entrySet());
    return entries.stream()
        .filter(entry -> entry.getValue().equals(value))
        .findFirst()
        .or(
            () ->
                entries.stream()
                    .filter(entry -> entry.getValue().getClass().equals(value.getClass()))
                    .findFirst())
        .map(Map.Entry::getKey)
        .orElseThrow(() -> new IllegalStateException("no option has the value " + value));
  }

  private static boolean truthOf(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }
}
