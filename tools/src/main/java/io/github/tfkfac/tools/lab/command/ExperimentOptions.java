package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.lab.experiment.Preset;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that all experiments share. */
final class ExperimentOptions {

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "paper or small (default: ${DEFAULT-VALUE}).")
  Preset preset = Preset.SMALL;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Train every arm with the seeds 1 to N; the default is the preset's.")
  @Nullable Integer seeds;

  @Option(
      names = "--only",
      paramLabel = "ARM",
      split = ",",
      description = "Train these arms alone, separated by commas; the report names the others.")
  List<String> only = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Folder of the experiment; default runs/<time>-<experiment>.")
  @Nullable Path out;

  @Option(
      names = "--report-only",
      description = "Train nothing; write the report of the finished runs in --out.")
  boolean reportOnly;
}
