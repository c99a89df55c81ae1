package io.github.tfkfac.tools.run;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.tools.setting.Setting;
import io.github.tfkfac.tools.setting.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A setting that reads and edits an option of the library's second-order optimizers.
 *
 * @param setting its line in the table; used where the preset has the option
 * @param read its value in a preset; empty if the preset does not use it
 * @param write a preset with another value
 * @param condition the value of another setting without which this one is not used, if there is one
 */
record Lens<V>(
    Setting<V> setting,
    Function<KfacOptions, Optional<V>> read,
    Edit<V> write,
    Optional<Condition> condition) {

  /** A value of another setting. */
  record Condition(String name, String value) {}

  /** Puts a value into a preset. */
  @FunctionalInterface
  interface Edit<V> {

    /** The preset with the value, for a run of this many steps. */
    KfacOptions apply(KfacOptions options, V value, long steps);
  }

  /** A lens of a value that does not depend on the run's length. */
  static <V> Lens<V> of(
      Setting<V> setting,
      Function<KfacOptions, Optional<V>> read,
      BiFunction<KfacOptions, V, KfacOptions> write) {
    return ofRun(setting, read, (options, value, steps) -> write.apply(options, value));
  }

  static <V> Lens<V> ofRun(
      Setting<V> setting, Function<KfacOptions, Optional<V>> read, Edit<V> write) {
    return new Lens<>(
        setting
            .usedIf(known -> preset(known).flatMap(read).isPresent())
            .orDefaultsTo(known -> preset(known).flatMap(read))
            .settled(
                (known, value) ->
                    read.apply(write.apply(preset(known).orElseThrow(), value, 1)).orElseThrow()),
        read,
        write,
        Optional.empty());
  }

  /** The same, used only with a value of another setting. */
  Lens<V> onlyWith(String name, String value) {
    return new Lens<>(setting, read, write, Optional.of(new Condition(name, value)));
  }

  private static Optional<KfacOptions> preset(Settings known) {
    return OptimizerSettings.preset(known).kfac().map(options -> edited(options, known, 1));
  }

  /** A preset with all values of the table that are known, for a run of this many steps. */
  static KfacOptions edited(KfacOptions preset, Settings known, long steps) {
    KfacOptions options = preset;
    for (Lens<?> lens : OptimizerSettings.LENSES) {
      options = lens.edit(options, known, steps);
    }
    return options;
  }

  private KfacOptions edit(KfacOptions options, Settings known, long steps) {
    return known.find(setting).map(value -> write.apply(options, value, steps)).orElse(options);
  }

  static List<Setting<?>> settings(List<Lens<?>> lenses) {
    return lenses.stream().<Setting<?>>map(Lens::setting).toList();
  }
}
