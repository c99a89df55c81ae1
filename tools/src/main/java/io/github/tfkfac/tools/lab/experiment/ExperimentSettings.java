package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Settings that determine an experiment: its size, its seeds, and the other options of the command
 * line.
 *
 * @param preset the size
 * @param seeds how many seeds, 1 to this number
 * @param given options of runs, and the experiment's own choices, by name without dashes
 */
public record ExperimentSettings(Preset preset, int seeds, Map<String, String> given) {

  private static final String PRESET = "preset";
  private static final String SEEDS = "seeds";

  public ExperimentSettings {
    given = Map.copyOf(given);
    if (seeds < 1) {
      throw new UserError("expected at least 1 seed, found " + seeds);
    }
  }

  /** The settings that {@link #values()} tells of. */
  public static ExperimentSettings of(Map<String, String> values) {
    Map<String, String> given = new LinkedHashMap<>(values);
    String preset = Optional.ofNullable(given.remove(PRESET)).orElse("");
    String seeds = Optional.ofNullable(given.remove(SEEDS)).orElse("");
    try {
      return new ExperimentSettings(
          Preset.valueOf(preset.toUpperCase(Locale.ROOT)), Integer.parseInt(seeds), given);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "expected the record of an experiment with preset and seeds, found '%s' and '%s'"
              .formatted(preset, seeds),
          e);
    }
  }

  /** All of it by name, for records. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(PRESET, preset.text());
    values.put(SEEDS, Integer.toString(seeds));
    values.putAll(given);
    return values;
  }

  /** The seeds of every arm. */
  public List<Long> seedList() {
    return LongStream.rangeClosed(1, seeds).boxed().toList();
  }

  /** A choice of the experiment's own, or what it is otherwise. */
  public String choice(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  /** The preset's options of runs, changed by those that were given; the data folder is found. */
  public Map<String, String> runOptions(Map<String, String> ofPreset) {
    Map<String, String> options = new LinkedHashMap<>(ofPreset);
    given.forEach(
        (name, value) -> {
          if (RunSettings.optionNames().contains(name)) {
            options.put(name, value);
          }
        });
    DataFolders.find(options);
    return options;
  }

  /**
   * Rejects options that the experiment varies itself.
   *
   * @throws UserError naming the first that was given
   */
  public void requireNotGiven(Collection<String> varied) {
    for (String name : varied) {
      if (given.containsKey(name)) {
        throw new UserError(
            "expected no --" + name + ", which this experiment varies itself; leave it out");
      }
    }
  }
}
