package io.github.tfkfac.tools;

import io.github.tfkfac.tools.cli.ConfigDefaults;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.error.Failure;
import io.github.tfkfac.tools.error.Suggestions;
import io.github.tfkfac.tools.option.SettingOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command line; the only place where an exception becomes a line and an exit code. */
public final class CommandRunner {
  /** What picocli says of a value that Java's type does not take. */
  private static final Pattern WRONG_TYPE =
      Pattern.compile(
          "(?s)Invalid value for option '([^']*)'.*: '(.*)' is not an? (int|long|double|boolean)");

  private static final Map<String, String> EXPECTED =
      Map.of(
          "int", "a whole number",
          "long", "a whole number",
          "double", "a number",
          "boolean", "true or false");

  private final Console console;
  private final CommandLine root;

  /** Subcommands by name, on top of {@link KfacCommand}. */
  public CommandRunner(Console console, Map<String, ?> subcommands) {
    this.console = console;
    this.root = new CommandLine(new KfacCommand());
    subcommands.forEach(root::addSubcommand);
    SettingOptions.install(root);
    root.getSubcommands().values().forEach(CommandRunner::addVersion);
    root.setOut(console.out())
        .setErr(console.err())
        .setAbbreviatedOptionsAllowed(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((wrong, arguments) -> reject(wrong, arguments))
        .setExecutionExceptionHandler(
            (thrown, command, parsed) -> fail(thrown, parsed.originalArgs()));
  }

  /** The command line that is run. */
  CommandLine commandLine() {
    return root;
  }

  /** Parses, runs, and returns the exit code. */
  @SuppressWarnings("CatchingUnchecked") // the last resort of the program, also for linkage errors
  public int run(String... arguments) {
    try {
      ConfigDefaults.install(root, arguments);
      if (arguments.length == 0) {
        console.out().print(KfacCommand.FIRST_STEPS);
        return 0;
      }
      return root.execute(arguments);
    } catch (Throwable thrown) {
      return fail(thrown, Arrays.asList(arguments));
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }

  private static void addVersion(CommandLine command) {
    command.getCommandSpec().versionProvider(new VersionLines());
    command.getSubcommands().values().forEach(CommandRunner::addVersion);
  }

  private int fail(Throwable thrown, List<String> arguments) {
    Failure failure = Failure.of(thrown);
    return report(failure, thrown, arguments);
  }

  private int reject(ParameterException wrong, String... arguments) {
    CommandLine command = wrong.getCommandLine();
    String origin =
        ConfigDefaults.origin(command, wrong.getArgSpec())
            .filter(where -> !(wrong instanceof MissingParameterException))
            .map(where -> where + ": ")
            .orElse("");
    String help = " (see '" + command.getCommandSpec().qualifiedName() + " --help')";
    Failure failure = new Failure(origin + text(wrong) + help, Failure.BAD_INPUT);
    return report(failure, wrong, Arrays.asList(arguments));
  }

  private int report(Failure failure, Throwable thrown, List<String> arguments) {
    int exitCode = failure.tell(console.err());
    if (arguments.contains(KfacCommand.STACKTRACE)) {
      thrown.printStackTrace(console.err());
    }
    return exitCode;
  }

  private static String text(ParameterException wrong) {
    if (!(wrong instanceof UnmatchedArgumentException unmatched)) {
      String message = Objects.requireNonNullElse(wrong.getMessage(), "bad option");
      Matcher type = WRONG_TYPE.matcher(message);
      return type.matches()
          ? "expected %s for '%s', found '%s'"
              .formatted(EXPECTED.get(type.group(3)), type.group(1), type.group(2))
          : message;
    }
    String name = unmatched.getUnmatched().get(0);
    CommandLine command = wrong.getCommandLine();
    if (name.startsWith("-")) {
      Set<String> known = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
      known.removeIf(option -> !option.startsWith("--"));
      return Suggestions.unknown("option", name.replaceFirst("=.*", ""), known);
    }
    return command.getSubcommands().isEmpty()
        ? "unexpected argument '" + name + "'"
        : Suggestions.unknown("command", name, command.getSubcommands().keySet());
  }
}
