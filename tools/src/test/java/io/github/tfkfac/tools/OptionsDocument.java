package io.github.tfkfac.tools;

import static java.util.stream.Collectors.joining;

import io.github.tfkfac.tools.option.TakesSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Every option of the program as a table: its name, the commands that have it, its help. */
record OptionsDocument(CommandLine root) {

  /** The lines of the table. */
  List<String> lines() {
    Map<String, Map<String, List<String>>> byOption = new TreeMap<>();
    collect(root, byOption);
    List<String> lines =
        new ArrayList<>(List.of("| option | of | what it does |", "|---|---|---|"));
    byOption.forEach(
        (option, helps) ->
            helps.forEach(
                (help, commands) ->
                    lines.add(
                        "| `%s` | %s | %s |"
                            .formatted(
                                option,
                                commands.size() > 12 ? "all" : String.join(", ", commands),
                                help.replace("|", "\\|")))));
    return lines;
  }

  private static void collect(
      CommandLine command, Map<String, Map<String, List<String>>> byOption) {
    Map<String, String> helps = new TreeMap<>();
    command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> helps.put(name(option), text(option.description())));
    for (PositionalParamSpec one : command.getCommandSpec().positionalParameters()) {
      helps.put(one.paramLabel(), text(one.description()));
    }
    if (command.getCommand() instanceof TakesSettings taking) {
      taking.settings().stream()
          .filter(setting -> setting.isOffered())
          .forEach(
              setting ->
                  helps.put(
                      name(command.getCommandSpec().findOption("--" + setting.name())),
                      setting.help(Map.of()).replaceFirst(" \\(default: [^)]*\\)\\.$", ".")));
    }
    String name = command.getCommandSpec().qualifiedName().replaceFirst("^kfac ?", "");
    helps.forEach(
        (option, help) ->
            byOption
                .computeIfAbsent(option, unknown -> new LinkedHashMap<>())
                .computeIfAbsent(help, unknown -> new ArrayList<>())
                .add(name.isEmpty() ? "kfac" : name));
    command.getSubcommands().values().forEach(each -> collect(each, byOption));
  }

  private static String name(OptionSpec option) {
    String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    return (option.negatable()
            ? option.longestName().replaceFirst("^--", "--[no-]")
            : option.longestName())
        + (label.isBlank() ? "" : label);
  }

  private static String text(String... description) {
    return List.of(description).stream()
        .collect(joining(" "))
        .replace("%%", "%")
        .replace("%n", " ");
  }
}
