package io.github.tfkfac.tools.setting;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values of a table of settings, those that were given and the defaults of the others. */
public final class Settings {
  private final List<Setting<?>> table;
  private final Map<String, Object> values = new LinkedHashMap<>();

  private Settings(List<Setting<?>> table) {
    this.table = List.copyOf(table);
  }

  /**
   * The values of a table's settings, in its order, so that defaults may depend on earlier ones.
   *
   * @param given texts by name; of a setting that is not used a text is read and not kept
   * @throws UserError if a name is none of the table's, or a text no value
   */
  public static Settings of(List<Setting<?>> table, Map<String, String> given) {
    given.keySet().forEach(name -> Suggestions.require("option", name, names(table)));
    Settings settings = new Settings(table);
    table.forEach(setting -> settings.add(setting, Optional.ofNullable(given.get(setting.name()))));
    return settings;
  }

  /** Names of a table's settings. */
  public static List<String> names(List<Setting<?>> table) {
    return table.stream().map(Setting::name).toList();
  }

  /** Two tables of different names, one after the other. */
  public static List<Setting<?>> joined(List<Setting<?>> table, List<Setting<?>> more) {
    return Stream.<Setting<?>>concat(table.stream(), more.stream()).toList();
  }

  /** A table with other settings in place of those of the same names, in their sections. */
  public static List<Setting<?>> replaced(List<Setting<?>> table, Setting<?>... others) {
    Map<String, Setting<?>> byName = new LinkedHashMap<>();
    table.forEach(setting -> byName.put(setting.name(), setting));
    for (Setting<?> other : others) {
      byName.computeIfPresent(other.name(), (name, old) -> other.inPlaceOf(old));
    }
    return List.copyOf(byName.values());
  }

  /** The settings of a table that have one of the names, or none of them. */
  public static List<Setting<?>> only(
      List<Setting<?>> table, boolean named, Collection<String> names) {
    return table.stream().filter(setting -> names.contains(setting.name()) == named).toList();
  }

  private <V> void add(Setting<V> setting, Optional<String> given) {
    setting.value(this, given).ifPresent(value -> values.put(setting.name(), value));
  }

  /**
   * Changes of the values; what is not changed stays, even where its default depends on a change.
   *
   * @throws UserError as {@link #of} does
   */
  public Settings with(Map<String, String> changes) {
    Map<String, String> all = new LinkedHashMap<>(options());
    all.putAll(changes);
    return of(table, all);
  }

  /** The value of a setting that has one. */
  public <V> V get(Setting<V> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException("no setting has the name " + setting.name()));
  }

  /** The value of a setting; empty if it is not used, or not given and without a default. */
  @SuppressWarnings("unchecked") // a name stands for one type of values
  public <V> Optional<V> find(Setting<V> setting) {
    return Optional.ofNullable((V) values.get(setting.name()));
  }

  /** Whether a setting has a value. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** Texts of the values that determine a run's numbers, by name: equal texts, equal runs. */
  public Map<String, String> identity() {
    Map<String, String> texts = new LinkedHashMap<>();
    table.forEach(setting -> put(texts, setting, true));
    return texts;
  }

  /** Texts of all values, those of {@link #identity} first; they make the same settings again. */
  public Map<String, String> options() {
    Map<String, String> texts = identity();
    table.forEach(setting -> put(texts, setting, false));
    return texts;
  }

  /** Names of the settings that would have another value if it were not given, or none at all. */
  public Set<String> changed() {
    Map<String, String> all = options();
    Set<String> changed = new LinkedHashSet<>();
    all.forEach(
        (name, value) -> {
          if (!value.equals(byDefault(name, all))) {
            changed.add(name);
          }
        });
    return changed;
  }

  /** Text of the default that the other values leave a setting; null if they need it. */
  private @Nullable String byDefault(String name, Map<String, String> all) {
    Map<String, String> others = new LinkedHashMap<>(all);
    others.remove(name);
    try {
      return of(table, others).options().get(name);
    } catch (UserError | IllegalArgumentException needed) {
      return null;
    }
  }

  private <V> void put(Map<String, String> texts, Setting<V> setting, boolean identity) {
    find(setting)
        .filter(value -> identity ? setting.identifies(value) : setting.isRecorded(value))
        .ifPresent(
            value -> texts.putIfAbsent(setting.name(), setting.form().writer().apply(value)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings settings && options().equals(settings.options());
  }

  @Override
  public int hashCode() {
    return Objects.hash(options());
  }

  @Override
  public String toString() {
    return options().toString();
  }
}
