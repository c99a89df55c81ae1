package io.github.tfkfac.tools.run;

import io.github.tfkfac.optimizer.CurvatureOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What only the second-order optimizers use; of those, each its own part.
 *
 * @param values the values in effect by option name; empty for a first-order optimizer
 */
public record CurvatureSettings(Map<String, String> values) {

  static final List<String> OPTIONS =
      CurvatureOptionTable.ALL.stream().map(CurvatureOption::name).toList();

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
  static CurvatureSettings of(CurvatureOptions preset, OptionValues changes) {
    Map<String, String> values = new LinkedHashMap<>();
    CurvatureOptions options = preset;
    for (CurvatureOption<?> option : CurvatureOptionTable.ALL) {
      Optional<String> initial = option.valueIn(options);
      Optional<String> change = changes.text(option.name());
      if (initial.isPresent() && change.isPresent()) {
        options = option.apply(options, change.get());
        values.put(option.name(), option.canonical(change.get()));
      } else if (initial.isPresent()) {
        values.put(option.name(), initial.get());
      }
    }
    return new CurvatureSettings(values);
  }

  /** A preset changed to these settings. */
  CurvatureOptions applyTo(CurvatureOptions preset) {
    CurvatureOptions options = preset;
    for (CurvatureOption<?> option : CurvatureOptionTable.ALL) {
      Optional<String> value = value(option);
      if (value.isPresent()) {
        options = option.apply(options, value.get());
      }
    }
    return options;
  }

  /** Damping as a part of the largest eigenvalue, or λ, whichever the optimizer has. */
  public double dampingShare() {
    return Double.parseDouble(value(CurvatureOptionTable.DAMPING).orElse("0"));
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
