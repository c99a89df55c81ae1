package io.github.tfkfac.tools.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The {@code --config} option, for commands whose options may come from a YAML file. */
public final class ConfigOption {
  /** Its name on the command line. */
  public static final String NAME = "--config";

  /** Read by {@link ConfigDefaults} before the other options are parsed. */
  @Option(
      names = NAME,
      paramLabel = "FILE",
      description =
          "YAML file with options by their long names (batch: 128); the command line wins.")
  @Nullable Path file;
}
