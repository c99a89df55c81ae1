package io.github.tfkfac.tools.setting;

import io.github.tfkfac.tools.error.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An option of a run: its line in a table of settings, from which the command line, configuration
 * files, help, records, and the comparison of a resumed run with its record are made.
 *
 * <p>Immutable; the methods that change something return a changed copy.
 */
public final class Setting<V> {
  private final String name;
  private final String label;
  private final Form<V> form;
  private String help;
  private String section = "";
  private boolean essential;
  private Function<Settings, Optional<V>> initial = known -> Optional.empty();
  private Predicate<Settings> used = known -> true;
  private BiFunction<Settings, V, V> settled = (known, value) -> value;
  private Predicate<V> identity = value -> true;
  private Predicate<V> recorded = value -> true;
  private Optional<String> shownDefault = Optional.empty();
  private Optional<String> rejection = Optional.empty();

  /**
   * A setting without a default.
   *
   * @param name without dashes
   * @param label of its value in the help
   * @param help one sentence, without the default
   */
  public Setting(String name, String label, Form<V> form, String help) {
    this.name = name;
    this.label = label;
    this.form = form;
    this.help = help;
  }

  private Setting(Setting<V> other) {
    this(other.name, other.label, other.form, other.help);
    section = other.section;
    essential = other.essential;
    initial = other.initial;
    used = other.used;
    settled = other.settled;
    identity = other.identity;
    recorded = other.recorded;
    shownDefault = other.shownDefault;
    rejection = other.rejection;
  }

  /** A whole number. */
  public static Setting<Integer> count(String name, String label, String help) {
    return new Setting<>(name, label, Form.count(), help);
  }

  /** A whole number that may be large. */
  public static Setting<Long> whole(String name, String label, String help) {
    return new Setting<>(name, label, Form.whole(), help);
  }

  public static Setting<Double> number(String name, String label, String help) {
    return new Setting<>(name, label, Form.number(), help);
  }

  public static Setting<String> text(String name, String label, String help) {
    return new Setting<>(name, label, Form.text(), help);
  }

  /**
   * One of several names.
   *
   * @param kind what they name
   */
  public static Setting<String> oneOf(String name, String kind, List<String> names, String help) {
    return new Setting<>(name, "NAME", Form.oneOf(kind, names), help);
  }

  /** Yes or no, the latter also as {@code --no-name}. */
  public static Setting<Boolean> flag(String name, String help) {
    return new Setting<>(name, "", Form.truth(), help);
  }

  private Setting<V> changed(Consumer<Setting<V>> change) {
    Setting<V> copy = new Setting<>(this);
    change.accept(copy);
    return copy;
  }

  public Setting<V> defaultsTo(V value) {
    return defaultsTo(known -> value);
  }

  /** The same with a default that depends on the settings before it. */
  public Setting<V> defaultsTo(Function<Settings, V> value) {
    return changed(copy -> copy.initial = known -> Optional.of(value.apply(known)));
  }

  /** The same with another default where there is one. */
  public Setting<V> orDefaultsTo(Function<Settings, Optional<V>> value) {
    return changed(
        copy -> copy.initial = known -> value.apply(known).or(() -> initial.apply(known)));
  }

  /** The same, used only where the settings before it allow it. */
  public Setting<V> usedIf(Predicate<Settings> condition) {
    return changed(copy -> copy.used = condition);
  }

  /**
   * The same with a restriction of its values.
   *
   * @param expected the rest of a sentence that begins with "expected"
   */
  public Setting<V> check(Predicate<V> valid, String expected) {
    return settled(
        (known, value) -> {
          if (!valid.test(value)) {
            throw new IllegalArgumentException(
                "expected " + expected + ", found " + form.writer().apply(value));
          }
          return value;
        });
  }

  /** The same with a function that makes the value in effect of the given one, or rejects it. */
  public Setting<V> settled(BiFunction<Settings, V, V> function) {
    BiFunction<Settings, V, V> before = settled;
    return changed(
        copy -> copy.settled = (known, value) -> function.apply(known, before.apply(known, value)));
  }

  /** The same, without influence on a run's numbers: a resumed run may have another value. */
  public Setting<V> keptOutOfIdentity() {
    return identityIf(value -> false);
  }

  /** The same, part of what decides a run's numbers only with some values. */
  public Setting<V> identityIf(Predicate<V> condition) {
    return changed(copy -> copy.identity = condition);
  }

  /** The same, left out of records with other values. */
  public Setting<V> recordedIf(Predicate<V> condition) {
    return changed(copy -> copy.recorded = condition);
  }

  /** The same with another help. */
  public Setting<V> described(String text) {
    return changed(copy -> copy.help = text);
  }

  /** The same with words in place of the default in the help. */
  public Setting<V> shownDefault(String words) {
    return changed(copy -> copy.shownDefault = Optional.of(words));
  }

  /** The same, known and not offered: who gives it is told why it is not. */
  public Setting<V> rejected(String why) {
    return usedIf(known -> false).changed(copy -> copy.rejection = Optional.of(why));
  }

  /** Whether the help shows it. */
  public boolean isOffered() {
    return rejection.isEmpty();
  }

  /** The same, shown in the short help. */
  public Setting<V> essential() {
    return changed(copy -> copy.essential = true);
  }

  /** Settings of one part of the help. */
  public static List<Setting<?>> section(String title, List<Setting<?>> settings) {
    return settings.stream().<Setting<?>>map(setting -> setting.in(title)).toList();
  }

  Setting<V> inPlaceOf(Setting<?> old) {
    return changed(
        copy -> {
          copy.section = old.section;
          copy.essential = old.essential;
        });
  }

  private Setting<V> in(String title) {
    return changed(copy -> copy.section = title);
  }

  public String name() {
    return name;
  }

  public String label() {
    return label;
  }

  public Form<V> form() {
    return form;
  }

  /** Part of the help that it belongs to. */
  public String section() {
    return section;
  }

  /** Whether the short help shows it. */
  public boolean isEssential() {
    return essential;
  }

  /** Help with the default that is in effect beside other settings. */
  public String help(Map<String, String> effective) {
    String value = shownDefault.orElse(effective.getOrDefault(name, ""));
    return value.isEmpty() ? help : help.replaceFirst("\\.$", "") + " (default: " + value + ").";
  }

  /**
   * The value in effect beside the settings before it, as it is given or by default.
   *
   * @throws UserError or IllegalArgumentException if it is none
   */
  Optional<V> value(Settings known, Optional<String> given) {
    if (given.isPresent() && rejection.isPresent()) {
      throw new UserError(rejection.get());
    }
    Optional<V> read = given.map(text -> form.read(name, text));
    if (!used.test(known)) {
      return Optional.empty();
    }
    return read.map(value -> settled.apply(known, value)).or(() -> initial.apply(known));
  }

  boolean identifies(V value) {
    return identity.test(value) && recorded.test(value);
  }

  boolean isRecorded(V value) {
    return recorded.test(value);
  }
}
