package io.github.tfkfac.tools.setting;

import io.github.tfkfac.Constant;
import io.github.tfkfac.Cosine;
import io.github.tfkfac.NamePattern;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.nio.file.Path;
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
 * @param type of the value as the command line parses it
 * @param expected what is expected of the user
 * @param reader the value of a text
 * @param writer the text of a value
 */
public record Form<V>(
    Class<?> type, String expected, Function<String, V> reader, Function<V, String> writer) {

  private static final String COSINE = "cosine:";

  public static Form<Double> number() {
    return new Form<>(Double.class, "a number", Double::valueOf, String::valueOf);
  }

  /** Any text. */
  public static Form<String> text() {
    return new Form<>(String.class, "a text", text -> text, text -> text);
  }

  /** A file or folder; recorded with its absolute path. */
  public static Form<Path> path() {
    return new Form<>(
        String.class, "a path", Path::of, path -> path.toAbsolutePath().normalize().toString());
  }

  /** Patterns of names, separated by commas. */
  public static Form<List<String>> names() {
    return new Form<>(
        List.class,
        "names separated by commas",
        text -> parts(text).filter(part -> !part.isEmpty()).toList(),
        names -> String.join(",", names));
  }

  /** A number, or {@code cosine:FROM:TO}, a schedule over one step until {@link #over}. */
  public static Form<Schedule> schedule() {
    return new Form<>(
        String.class,
        "a number, or cosine:FROM:TO with numbers > 0",
        Form::scheduleOf,
        schedule ->
            schedule instanceof Cosine cosine
                ? COSINE + cosine.initial() + ":" + cosine.last()
                : String.valueOf(((Constant) schedule).value()));
  }

  private static Schedule scheduleOf(String text) {
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
    return Schedule.cosine(from, to, 1);
  }

  /** A schedule that was read, over all steps of a run. */
  public static Schedule over(Schedule schedule, long steps) {
    return schedule instanceof Cosine cosine
        ? Schedule.cosine(cosine.initial(), cosine.last(), steps)
        : schedule;
  }

  public static Form<Long> whole() {
    return new Form<>(Long.class, "a whole number", Long::valueOf, String::valueOf);
  }

  public static Form<Integer> count() {
    return new Form<>(Integer.class, "a whole number", Integer::valueOf, String::valueOf);
  }

  public static Form<Boolean> truth() {
    return new Form<>(Boolean.class, "true or false", Form::truthOf, String::valueOf);
  }

  /**
   * One of several names.
   *
   * @param kind what they name
   * @param values what each stands for; a value is told by equality, or else by its class
   */
  public static <V> Form<V> oneOf(String kind, Map<String, V> values) {
    Map<String, V> known = new LinkedHashMap<>(values);
    return new Form<>(
        String.class,
        "one of " + String.join(", ", known.keySet()),
        name -> {
          Suggestions.require(kind, name, known.keySet());
          return Objects.requireNonNull(known.get(name));
        },
        value -> nameOf(value, known));
  }

  /** One of several names, which stand for themselves. */
  public static Form<String> oneOf(String kind, List<String> names) {
    Map<String, String> values = new LinkedHashMap<>();
    names.forEach(name -> values.put(name, name));
    return oneOf(kind, values);
  }

  /** A map in the order of its entries. */
  @SafeVarargs
  public static <V> Map<String, V> ordered(Map.Entry<String, V>... entries) {
    Map<String, V> map = new LinkedHashMap<>();
    for (Map.Entry<String, V> entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }

  /** Numbers, separated by commas. */
  public static <N> Form<List<N>> numbers(Function<String, N> reader) {
    return new Form<>(
        String.class,
        "numbers separated by commas",
        text -> parts(text).filter(part -> !part.isEmpty()).map(reader).toList(),
        numbers -> numbers.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }

  /** Layer patterns, separated by commas. */
  public static Form<List<NamePattern>> patterns() {
    return new Form<>(
        List.class,
        "layer patterns such as fc*, separated by commas",
        text -> parts(text).map(NamePattern::new).toList(),
        patterns -> patterns.stream().map(NamePattern::text).collect(Collectors.joining(",")));
  }

  /** Pairs of a layer pattern and a value, separated by commas; of two equal patterns the last. */
  public static <V> Form<Map<String, V>> perLayer(Form<V> form) {
    return new Form<>(
        List.class,
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
  public V read(String name, String text) {
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
