package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.run.RunSettings;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options of a run that a command line, or its configuration file, gives. */
public final class GivenOptions {

  private GivenOptions() {}

  /** The options of {@link RunSettings} that were given, by name without dashes. */
  public static Map<String, String> of(CommandSpec command) {
    return of(command, RunSettings.optionNames());
  }

  /** The options of these names that were given, by name without dashes. */
  public static Map<String, String> of(CommandSpec command, Collection<String> names) {
    Map<String, String> given = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = option.longestName().replaceFirst("^-+", "");
      Object value = option.getValue();
      if (value != null && names.contains(name)) {
        given.put(name, text(value));
      }
    }
    return given;
  }

  private static String text(Object value) {
    return value instanceof Collection<?> several
        ? several.stream().map(Object::toString).collect(Collectors.joining(","))
        : value.toString();
  }
}
