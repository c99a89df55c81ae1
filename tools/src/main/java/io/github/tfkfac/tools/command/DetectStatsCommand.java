package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.CocoFormatException;
import io.github.tfkfac.detection.coco.DatasetReading;
import io.github.tfkfac.detection.coco.DatasetStatistics;
import io.github.tfkfac.detection.coco.DatasetUse;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.Problem;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.CocoFiles;
import io.github.tfkfac.tools.detect.DatasetWarnings;
import io.github.tfkfac.tools.option.CocoOptions;
import io.github.tfkfac.tools.render.Json;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what a data set consists of. */
@Command(
    name = "stats",
    description = "Show what a data set consists of: images, objects, categories, sizes.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class DetectStatsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin CocoOptions options = new CocoOptions();

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  /** Writes to {@code console}. */
  public DetectStatsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    CocoFiles files = options.files();
    DatasetReading reading = InstancesReader.readLeniently(files.annotations());
    List<Problem> errors = reading.errors(DatasetUse.BOXES);
    if (errors.stream().anyMatch(one -> one.where().isEmpty())) {
      throw new CocoFormatException(files.annotations(), errors);
    }
    CocoDataset dataset = reading.dataset();
    DatasetStatistics statistics = DatasetStatistics.of(dataset);
    console
        .out()
        .print(
            json
                ? Json.text(statistics) + "\n"
                : StatisticsText.of(files.annotations(), statistics));
    console.out().flush();
    long leftOut = errors.stream().map(Problem::where).distinct().count();
    if (leftOut > 0) {
      console
          .err()
          .println(
              "kfac: "
                  + Counts.of(leftOut, "entry", "entries")
                  + " left out; see './kfac detect validate'");
    }
    DatasetWarnings.lines(files.annotations(), reading.warnings(DatasetUse.BOXES))
        .forEach(line -> console.err().println("kfac: " + line));
    return 0;
  }
}
