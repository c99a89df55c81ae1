package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.detection.evaluate.RandomEvaluationData;
import io.github.tfkfac.models.text.Counts;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.lab.bench.EvaluationBenchmark;
import io.github.tfkfac.tools.lab.bench.EvaluationMeasurement;
import io.github.tfkfac.tools.lab.bench.EvaluationMeasurement.Stage;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times COCO's evaluation on generated files. */
@Command(
    name = "coco-eval",
    description = "Time COCO's evaluation of boxes and masks on generated results.",
    mixinStandardHelpOptions = true)
final class BenchCocoEvalCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--images",
      paramLabel = "COUNT",
      description = "Images; an image has 7 objects on average (default: ${DEFAULT-VALUE}).")
  int images = RandomEvaluationData.ofCocoSize().images();

  @Option(
      names = "--detections",
      paramLabel = "COUNT",
      description = "Detections in each image (default: ${DEFAULT-VALUE}).")
  int detections = RandomEvaluationData.ofCocoSize().detectionsPerImage();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      required = true,
      description = "Gets instances.json, boxes.json and masks.json, over earlier ones.")
  Path out = Path.of("");

  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  BenchCocoEvalCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RandomEvaluationData size = RandomEvaluationData.ofCocoSize();
    RandomEvaluationData data =
        new RandomEvaluationData(
            images, size.objectsPerImage(), detections, size.categories(), size.seed());
    Files.createDirectories(out);
    EvaluationMeasurement found =
        new EvaluationBenchmark(
                data, out, stage -> console.err().println(stage.name() + ": " + seconds(stage)))
            .run();
    console.out().print(json ? Json.text(found) + "\n" : text(found));
    return 0;
  }

  private static String text(EvaluationMeasurement found) {
    return String.format(
            Locale.ROOT,
            "%s, %s, %s; AP of boxes %.4f, of masks %.4f%n",
            Counts.of(found.images(), "image"),
            Counts.of(found.objects(), "object"),
            Counts.of(found.detections(), "detection"),
            found.boxes().ap(),
            found.masks().ap())
        + new Table(
                List.of(Column.text("stage"), Column.number("seconds")),
                found.stages().stream()
                    .map(stage -> List.of(stage.name(), seconds(stage)))
                    .toList())
            .text();
  }

  private static String seconds(Stage stage) {
    return String.format(Locale.ROOT, "%.2f", stage.seconds());
  }
}
