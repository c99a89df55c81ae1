package io.github.tfkfac.tools.cli;

import io.github.tfkfac.tools.cli.ConfigFile.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Takes the options that the command line leaves out from a {@link ConfigFile}. */
public final class ConfigDefaults implements IDefaultValueProvider {
  private static final Set<String> NOT_IN_FILES = Set.of("config", "help", "version", "stacktrace");

  private final ConfigFile config;

  private ConfigDefaults(ConfigFile config) {
    this.config = config;
  }

  /**
   * Reads the file named by {@code --config}, if any, and makes its values the defaults of the
   * subcommand that {@code arguments} select.
   *
   * @throws IOException if the file cannot be read
   */
  public static void install(CommandLine root, String... arguments) throws IOException {
    CommandLine command = selected(root, arguments);
    Optional<Path> file = configFile(arguments);
    if (file.isEmpty() || command.getCommandSpec().findOption(ConfigOption.NAME) == null) {
      return;
    }
    ConfigFile config = ConfigFile.read(file.get());
    config.requireKnown(longNames(command));
    command.setDefaultValueProvider(new ConfigDefaults(config));
  }

  /** Origin of the value of {@code argument}, if it came from the file. */
  public static Optional<String> origin(CommandLine command, @Nullable ArgSpec argument) {
    return command.getDefaultValueProvider() instanceof ConfigDefaults defaults && argument != null
        ? defaults.entry(argument).map(defaults.config::where)
        : Optional.empty();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return entry(argument).map(Entry::value).orElse(null);
  }

  private Optional<Entry> entry(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? Optional.ofNullable(config.entries().get(withoutDashes(option.longestName())))
        : Optional.empty();
  }

  private static CommandLine selected(CommandLine root, String... arguments) {
    CommandLine command = root;
    for (String argument : arguments) {
      command = command.getSubcommands().getOrDefault(argument, command);
    }
    return command;
  }

  private static Optional<Path> configFile(String... arguments) {
    String assigned = ConfigOption.NAME + "=";
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(assigned)) {
        return Optional.of(Path.of(arguments[i].substring(assigned.length())));
      }
      if (arguments[i].equals(ConfigOption.NAME) && i + 1 < arguments.length) {
        return Optional.of(Path.of(arguments[i + 1]));
      }
    }
    return Optional.empty();
  }

  private static Set<String> longNames(CommandLine command) {
    Set<String> names = new TreeSet<>();
    command.getCommandSpec().options().stream()
        .flatMap(option -> Arrays.stream(option.names()))
        .filter(name -> name.startsWith("--"))
        .map(ConfigDefaults::withoutDashes)
        .filter(name -> !NOT_IN_FILES.contains(name))
        .forEach(names::add);
    return names;
  }

  private static String withoutDashes(String name) {
    return name.replaceFirst("^-+", "");
  }
}
