package io.github.tfkfac.tools.run;

import io.github.tfkfac.KfacOptions;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An option of the second-order optimizers.
 *
 * @param name its name without dashes
 * @param text how its value is written
 * @param read its value in a preset; empty if the preset does not use it
 * @param write a preset with another value
 * @param condition the value of another option without which this one is not used, if there is one
 */
record CurvatureOption<V>(
    String name,
    OptionText<V> text,
    Function<KfacOptions, Optional<V>> read,
    BiFunction<KfacOptions, V, KfacOptions> write,
    Optional<Condition> condition) {

  /** A value of another option. */
  record Condition(String option, String value) {}

  CurvatureOption(
      String name,
      OptionText<V> text,
      Function<KfacOptions, Optional<V>> read,
      BiFunction<KfacOptions, V, KfacOptions> write) {
    this(name, text, read, write, Optional.empty());
  }

  /** The same, used only with a value of another option. */
  CurvatureOption<V> onlyWith(String option, String value) {
    return new CurvatureOption<>(
        name, text, read, write, Optional.of(new Condition(option, value)));
  }

  /** The value in effect as text; empty if the preset does not use the option. */
  Optional<String> valueIn(KfacOptions options) {
    return read.apply(options).map(text.writer());
  }

  /** The preset with the value of a text. */
  KfacOptions apply(KfacOptions options, String value) {
    return write.apply(options, text.read(name, value));
  }
}
