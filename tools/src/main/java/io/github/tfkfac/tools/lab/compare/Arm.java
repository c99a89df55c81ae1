package io.github.tfkfac.tools.lab.compare;

import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.run.OptimizerSettings;
import io.github.tfkfac.tools.run.RunSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One side of a comparison: an optimizer with its options, trained once per seed.
 *
 * @param label name in tables and folders
 * @param options of {@link RunSettings}, without the seed
 */
public record Arm(String label, Map<String, String> options) {

  /** Options that have to be the same in all arms, and those that are no option of an arm. */
  private static final Set<String> COMMON =
      Set.of(
          "dataset",
          "data",
          "train-images",
          "test-images",
          "image-size",
          "crop",
          "generator-seed",
          "augment",
          "optimizer",
          "seed",
          "threads",
          "eval-every",
          "eval-images",
          "checkpoint-every");

  private static final Set<String> IN_OPTIMIZER_LABEL = Set.of("stat-period", "inverse-period");

  public Arm {
    options = Map.copyOf(options);
  }

  /**
   * Reads {@code OPTIMIZER[:option=value[;option=value]...]} for every arm.
   *
   * @param common options of all arms; those that an arm's optimizer lacks are left out of it
   * @throws UserError if a text is not of this form, or two arms are the same
   */
  public static List<Arm> parse(List<String> texts, Map<String, String> common) {
    List<Arm> arms = new ArrayList<>();
    Set<String> labels = new HashSet<>();
    for (String text : texts) {
      Arm arm = parse(text, common);
      if (!labels.add(arm.label())) {
        throw new UserError("expected different arms, found '" + arm.label() + "' twice");
      }
      arms.add(arm);
    }
    return arms;
  }

  private static Arm parse(String text, Map<String, String> common) {
    String[] parts = text.strip().split(":", 2);
    Suggestions.require("optimizer", parts[0], OptimizerSettings.names());
    Map<String, String> changes =
        parts.length == 1 ? Map.of() : changes(parts[1], text, RunSettings.optionNames());
    Map<String, String> options = new LinkedHashMap<>(common);
    options.put("optimizer", parts[0]);
    options.putAll(changes);
    OptimizerSettings optimizer = RunSettings.of(options).optimizer();
    optimizer.requireUses(changes.keySet());
    StringBuilder label = new StringBuilder(optimizer.label());
    changes.forEach(
        (name, value) -> {
          if (!IN_OPTIMIZER_LABEL.contains(name)) {
            label.append('-').append(name).append('-').append(value);
          }
        });
    return new Arm(label.toString().replaceAll("[^A-Za-z0-9._+-]", "-"), options);
  }

  private static Map<String, String> changes(String text, String arm, List<String> known) {
    Map<String, String> changes = new LinkedHashMap<>();
    for (String change : text.split(";", -1)) {
      String[] parts = change.strip().split("=", 2);
      String name = parts[0].replaceFirst("^--", "");
      if (parts.length != 2 || parts[1].isBlank()) {
        throw new UserError(
            "expected 'option=value' after the colon of an arm, separated by ';', found '%s' in '%s'"
                .formatted(change, arm));
      }
      Suggestions.require("option", name, known);
      if (COMMON.contains(name)) {
        throw new UserError(
            "expected the same %s in all arms, found it in '%s'; give --%s to the whole comparison"
                .formatted(name, arm, name));
      }
      changes.put(name, parts[1].strip());
    }
    return changes;
  }

  /** The same with other options. */
  public Arm with(Map<String, String> changes) {
    Map<String, String> all = new LinkedHashMap<>(options);
    all.putAll(changes);
    return new Arm(label, all);
  }

  /** The settings of the arm's run with a seed. */
  public RunSettings settings(long seed) {
    Map<String, String> seeded = new LinkedHashMap<>(options);
    seeded.put("seed", Long.toString(seed));
    return RunSettings.of(seeded);
  }

  /** Name of the folder of the arm's run with a seed. */
  public String folder(long seed) {
    return label + "-seed" + seed;
  }
}
