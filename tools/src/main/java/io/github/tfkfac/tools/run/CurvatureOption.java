package io.github.tfkfac.tools.run;

import io.github.tfkfac.optimizer.CurvatureOptions;
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
 */
record CurvatureOption<V>(
    String name,
    OptionText<V> text,
    Function<CurvatureOptions, Optional<V>> read,
    BiFunction<CurvatureOptions, V, CurvatureOptions> write) {

  /** The value in effect as text; empty if the preset does not use the option. */
  Optional<String> valueIn(CurvatureOptions options) {
    return read.apply(options).map(text.writer());
  }

  /** The preset with the value of a text. */
  CurvatureOptions apply(CurvatureOptions options, String value) {
    return write.apply(options, text.read(name, value));
  }

  /** The same text as {@link #valueIn} has for an equal value. */
  String canonical(String value) {
    return text.writer().apply(text.read(name, value));
  }
}
