package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.setting.Setting;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Settings as options of a command line. */
public final class SettingOptions {

  private SettingOptions() {}

  /** Gives every command that takes settings its options and a help with their defaults. */
  public static void install(CommandLine line) {
    if (line.getCommand() instanceof TakesSettings command) {
      command.settings().forEach(setting -> line.getCommandSpec().addOption(option(setting)));
      SettingHelp.install(line, command);
    }
    line.getSubcommands().values().forEach(SettingOptions::install);
  }

  private static OptionSpec option(Setting<?> setting) {
    Class<?> type = setting.form().type();
    OptionSpec.Builder option =
        OptionSpec.builder("--" + setting.name()).type(type).hidden(!setting.isOffered());
    if (type == Boolean.class) {
      option.negatable(true).fallbackValue("true");
    } else {
      option.paramLabel(setting.label());
    }
    if (type == List.class) {
      option.auxiliaryTypes(String.class).splitRegex(",");
    }
    return option.build();
  }

  /** The settings that a command line or its configuration file gives, by name. */
  public static Map<String, String> given(CommandSpec spec, List<Setting<?>> table) {
    Map<String, String> given = new LinkedHashMap<>();
    for (Setting<?> setting : table) {
      Object value = spec.findOption("--" + setting.name()).getValue();
      if (value != null) {
        given.put(setting.name(), text(value));
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
