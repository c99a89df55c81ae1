package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorMemory;
import io.github.tfkfac.tools.memory.StepModel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;

/**
 * Requirements of the training of a detector, found by building it in a graph that is never run.
 *
 * @param detector name of the detector
 * @param image size of every image with padding
 * @param batch images per step
 * @param objects places for objects per image
 * @param classes of objects
 * @param optimizer name of the optimizer
 * @param curvature what a second-order optimizer does; null for one of first order
 * @param memory of training steps
 */
public record DetectorInspection(
    String detector,
    ImageSize image,
    int batch,
    int objects,
    int classes,
    String optimizer,
    @Nullable Inspection curvature,
    DetectorMemory memory) {

  /**
   * Builds the detector with its optimizer and looks at them.
   *
   * @param optimizer name of the optimizer
   */
  public static DetectorInspection of(
      DetectionSettings settings, ImageSize image, int objects, int classes, String optimizer) {
    DetectorConfig config = settings.config(classes);
    try (Graph graph = new Graph()) {
      DetectorTraining training =
          DetectorTraining.build(
              graph, config, settings.batch(), settings.seed(), settings.optimizers(config));
      StepModel model = DetectorMemory.model(training, image, objects);
      Optional<KfacOptions> options = settings.kfac(config);
      Inspection curvature = null;
      if (options.isPresent()) {
        curvature =
            Inspection.of(
                new Inspection.Subject(
                    settings.name(), image.toString(), classes, settings.batch(), optimizer),
                options.get(),
                (Kfac) training.optimizer(),
                model.shapes()::of);
      }
      return new DetectorInspection(
          settings.name(),
          image,
          settings.batch(),
          objects,
          classes,
          optimizer,
          curvature,
          DetectorMemory.of(training, model, options, settings.steps()));
    }
  }
}
