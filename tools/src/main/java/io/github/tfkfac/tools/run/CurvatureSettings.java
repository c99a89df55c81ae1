package io.github.tfkfac.tools.run;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.tools.error.UserError;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Settings of the second-order optimizers alone; each of them uses its own subset.
 *
 * @param values the values in effect by option name; empty for a first-order optimizer
 */
public record CurvatureSettings(Map<String, String> values) {

  private static final List<CurvatureOption<?>> TABLE = table(1);

  static final List<String> OPTIONS = TABLE.stream().map(CurvatureOption::name).toList();

  public CurvatureSettings {
    values = new LinkedHashMap<>(values);
  }

  /** The known step rules of the Newton iteration. */
  public static List<String> stepRules() {
    return List.copyOf(CurvatureOptionTable.STEP_RULES.keySet());
  }

  /** The known solvers of exact refreshes. */
  public static List<String> solvers() {
    return List.copyOf(CurvatureOptionTable.SOLVERS.keySet());
  }

  /** Those of an optimizer without curvature. */
  static CurvatureSettings none() {
    return new CurvatureSettings(Map.of());
  }

  /**
   * A preset's settings.
   *
   * @param changes what differs from the preset; what the preset does not use is left out
   */
  static CurvatureSettings of(KfacOptions preset, OptionValues changes) {
    Map<String, String> values = new LinkedHashMap<>();
    KfacOptions options = preset;
    for (CurvatureOption<?> option : TABLE) {
      Optional<String> change = changes.text(option.name());
      if (change.isPresent() && option.valueIn(options).isPresent()) {
        options = option.apply(options, change.get());
      }
      option
          .valueIn(options)
          .filter(value -> !value.isEmpty())
          .ifPresent(value -> values.put(option.name(), value));
    }
    return new CurvatureSettings(values);
  }

  /**
   * Reason why an option is not used, if that is so because of another one.
   *
   * @param given names of the options that the user gave
   */
  Optional<String> conflict(String name, Collection<String> given) {
    return TABLE.stream()
        .filter(option -> option.name().equals(name) && !values.containsKey(name))
        .flatMap(option -> option.condition().stream())
        .filter(needed -> values.containsKey(needed.option()))
        .map(
            needed ->
                "--%s works with --%s %s only, found --%s %s; %s"
                    .formatted(
                        name,
                        needed.option(),
                        needed.value(),
                        needed.option(),
                        values.get(needed.option()),
                        given.contains(needed.option())
                            ? "drop one of the two"
                            : "drop --%s or give --%s %s"
                                .formatted(name, needed.option(), needed.value())))
        .findFirst();
  }

  private static List<CurvatureOption<?>> table(long steps) {
    return Stream.of(CurvatureOptionTable.of(steps), LayerOptionTable.of(steps))
        .flatMap(List::stream)
        .toList();
  }

  /** A preset changed to these settings, for a run of this many steps. */
  KfacOptions applyTo(KfacOptions preset, long steps) {
    KfacOptions options = preset;
    for (CurvatureOption<?> option : table(steps)) {
      Optional<String> value = value(option);
      if (value.isPresent()) {
        options = option.apply(options, value.get());
      }
    }
    return options;
  }

  /**
   * Damping as a part of the largest eigenvalue, or λ, whichever the optimizer has.
   *
   * @throws UserError if it changes in the course of a run
   */
  public double dampingShare() {
    return new OptionValues(values).number(CurvatureOptionTable.DAMPING, 0);
  }

  /** One of {@link #stepRules()}. */
  public String stepRule() {
    return value(CurvatureOptionTable.STEP_RULE).orElse("");
  }

  /** The periods of statistics and inverses that there are, for labels. */
  String periods() {
    List<String> periods =
        Stream.of(CurvatureOptionTable.STATISTICS_PERIOD, CurvatureOptionTable.INVERSE_PERIOD)
            .flatMap(option -> value(option).stream())
            .toList();
    return String.join("/", periods);
  }

  private Optional<String> value(CurvatureOption<?> option) {
    return Optional.ofNullable(values.get(option.name()));
  }
}
