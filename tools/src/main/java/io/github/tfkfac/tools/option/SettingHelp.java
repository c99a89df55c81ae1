package io.github.tfkfac.tools.option;

import io.github.tfkfac.tools.error.UserError;
import io.github.tfkfac.tools.setting.Setting;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Help of a command that takes settings: the essential ones, or all, each with the default that is
 * in effect beside the options before {@code --help}.
 *
 * @param command the command
 */
record SettingHelp(TakesSettings command) {

  private static final String ALL = "--help-all";
  private static final String OTHERS = "Files and help";

  static void install(CommandLine line, TakesSettings command) {
    List<Setting<?>> table = command.settings();
    CommandSpec spec = line.getCommandSpec();
    long more = table.stream().filter(one -> one.isOffered() && !one.isEssential()).count();
    if (more > 0) {
      spec.addOption(
          OptionSpec.builder(ALL)
              .usageHelp(true)
              .description("Show all options, " + more + " more.")
              .build());
    }
    SettingHelp help = new SettingHelp(command);
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, SettingHelp::synopsis);
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, help::options);
  }

  private static String synopsis(Help help) {
    return help.commandSpec().positionalParameters().stream()
            .map(
                one ->
                    " "
                        + help.parameterLabelRenderer()
                            .renderParameterLabel(one, Help.Ansi.OFF, List.of()))
            .collect(Collectors.joining("", help.commandSpec().qualifiedName() + " [OPTIONS]", ""))
        + System.lineSeparator();
  }

  private String options(Help help) {
    CommandSpec spec = help.commandSpec();
    List<Setting<?>> table = command.settings();
    Map<String, String> effective = effective(SettingOptions.given(spec, table));
    boolean all =
        spec.findOption(ALL) == null || Boolean.TRUE.equals(spec.findOption(ALL).getValue());
    Map<String, Layout> sections = new LinkedHashMap<>();
    for (Setting<?> setting : table) {
      if (setting.isOffered() && (all || setting.isEssential())) {
        String text = setting.help(effective).replace("%", "%%");
        OptionSpec option =
            spec.findOption("--" + setting.name()).toBuilder().description(text).build();
        CommandSpec.create().addOption(option);
        sections
            .computeIfAbsent(setting.section(), title -> help.createDefaultLayout())
            .addOption(option, help.parameterLabelRenderer());
      }
    }
    Layout others = help.createDefaultLayout();
    spec.options().stream()
        .filter(option -> !option.hidden() && !isSetting(option))
        .forEach(option -> others.addOption(option, help.parameterLabelRenderer()));
    sections.put(OTHERS, others);
    return sections.entrySet().stream()
        .map(section -> section.getKey() + ":%n".formatted() + section.getValue())
        .collect(Collectors.joining());
  }

  private boolean isSetting(OptionSpec option) {
    return command.settings().stream()
        .anyMatch(one -> option.longestName().equals("--" + one.name()));
  }

  private Map<String, String> effective(Map<String, String> given) {
    try {
      return command.effective(given);
    } catch (UserError | IllegalArgumentException | IllegalStateException notUsable) {
      return given.isEmpty() ? Map.of() : effective(Map.of());
    }
  }
}
