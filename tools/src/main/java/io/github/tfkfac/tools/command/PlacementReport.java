package io.github.tfkfac.tools.command;

import io.github.tfkfac.detection.data.DetectionBatch;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.tools.cli.Console;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.placement.KernelRegistry;
import io.github.tfkfac.tools.placement.PlacedTraining;
import io.github.tfkfac.tools.placement.PlacementText;
import io.github.tfkfac.tools.placement.StepPlacement;
import io.github.tfkfac.tools.render.Json;
import io.github.tfkfac.tools.run.OptimizerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Devices of the training steps of a model with every optimizer. */
final class PlacementReport {
  static final String DEFAULT = "resnet20";
  static final String DETECTOR = "mask-rcnn";

  private static final int OBJECTS = 10;
  private static final int COCO_CLASSES = 80;

  private PlacementReport() {}

  /** Prints each as soon as it is found, or all of them as JSON. */
  static void print(String model, boolean json, Console console) {
    PlacedTraining training = new PlacedTraining(KernelRegistry.ofGpuNative());
    List<StepPlacement> all = new ArrayList<>();
    for (String optimizer : OptimizerSettings.names()) {
      StepPlacement found = placed(training, model, optimizer);
      all.add(found);
      if (!json) {
        console.out().print(PlacementText.of(found));
        console.out().flush();
      }
    }
    if (json) {
      console.out().print(Json.text(all) + "\n");
    }
  }

  private static StepPlacement placed(PlacedTraining training, String model, String optimizer) {
    if (model.equals(DETECTOR)) {
      DetectionSettings settings =
          DetectionSettings.of(Map.of("optimizer", optimizer, "masks", "true"));
      return training.ofDetector(
          settings,
          new ImageSize(settings.shortSide(), settings.longSide())
              .roundedUp(DetectionBatch.SIZE_MULTIPLE),
          OBJECTS,
          COCO_CLASSES);
    }
    ClassifierOptions classifier = new ClassifierOptions();
    classifier.model = model;
    OptimizerSettings settings = OptimizerSettings.defaults(optimizer);
    return Files.isDirectory(Path.of(model))
        ? training.ofSavedModel(Path.of(model), classifier.batch, settings)
        : training.ofClassifier(classifier.spec(), classifier.batch, settings);
  }
}
