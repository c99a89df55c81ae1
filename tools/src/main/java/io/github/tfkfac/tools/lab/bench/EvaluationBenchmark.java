package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.detection.coco.CocoDataset;
import io.github.tfkfac.detection.coco.Detection;
import io.github.tfkfac.detection.coco.InstancesReader;
import io.github.tfkfac.detection.coco.InstancesWriter;
import io.github.tfkfac.detection.coco.ResultsReader;
import io.github.tfkfac.detection.coco.ResultsWriter;
import io.github.tfkfac.detection.evaluate.CocoEvaluator;
import io.github.tfkfac.detection.evaluate.CocoMetrics;
import io.github.tfkfac.detection.evaluate.EvaluationOptions;
import io.github.tfkfac.detection.evaluate.RandomEvaluationData;
import io.github.tfkfac.tools.lab.bench.EvaluationMeasurement.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Times the way from COCO's files to COCO's numbers, on generated files. */
public final class EvaluationBenchmark {
  private static final double NANOS_PER_SECOND = 1e9;

  private final RandomEvaluationData data;
  private final Path folder;
  private final Consumer<Stage> listener;
  private final List<Stage> stages = new ArrayList<>();

  /**
   * A benchmark.
   *
   * @param folder gets the files instances.json, boxes.json and masks.json
   * @param listener told of each stage when it is over
   */
  public EvaluationBenchmark(RandomEvaluationData data, Path folder, Consumer<Stage> listener) {
    this.data = data;
    this.folder = folder;
    this.listener = listener;
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Makes the files, then reads and evaluates boxes and masks. */
  public EvaluationMeasurement run() throws IOException {
    Path instances = folder.resolve("instances.json");
    Path boxes = folder.resolve("boxes.json");
    Path masks = folder.resolve("masks.json");
    timed("generate and write", () -> write(instances, boxes, masks));
    CocoDataset dataset = timed("read instances", () -> InstancesReader.read(instances));
    List<Detection> boxResults =
        timed("read box results", () -> ResultsReader.read(boxes, dataset));
    CocoMetrics ofBoxes =
        timed(
            "evaluate boxes",
            () -> CocoEvaluator.evaluate(dataset, boxResults, EvaluationOptions.boxes()).metrics());
    List<Detection> maskResults =
        timed("read mask results", () -> ResultsReader.read(masks, dataset));
    CocoMetrics ofMasks =
        timed(
            "evaluate masks",
            () ->
                CocoEvaluator.evaluate(dataset, maskResults, EvaluationOptions.masks()).metrics());
    return new EvaluationMeasurement(
        dataset.images().size(),
        dataset.annotations().size(),
        boxResults.size(),
        ofBoxes,
        ofMasks,
        stages);
  }

  private int write(Path instances, Path boxes, Path masks) throws IOException {
    InstancesWriter.write(instances, data.dataset());
    List<Detection> detections = data.detections();
    ResultsWriter.writeBoxes(boxes, detections);
    ResultsWriter.writeMasks(masks, detections);
    return detections.size();
  }

  private <T> T timed(String name, Work<T> work) throws IOException {
    long start = System.nanoTime();
    T result = work.run();
    Stage stage = new Stage(name, (System.nanoTime() - start) / NANOS_PER_SECOND);
    stages.add(stage);
    listener.accept(stage);
    return result;
  }
}
