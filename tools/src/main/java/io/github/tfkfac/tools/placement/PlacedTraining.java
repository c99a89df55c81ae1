package io.github.tfkfac.tools.placement;

import io.github.tfkfac.detection.arch.DetectorConfig;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.ClassifierSpec;
import io.github.tfkfac.models.train.TrainingGraph;
import io.github.tfkfac.tools.detect.DetectionSettings;
import io.github.tfkfac.tools.detect.DetectorMemory;
import io.github.tfkfac.tools.memory.StepModel;
import io.github.tfkfac.tools.run.OptimizerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/**
 * Training steps, built in graphs that are never run and placed.
 *
 * @param registry kernels that there are
 */
public record PlacedTraining(KernelRegistry registry) {
  private static final long STEPS = 1000;

  /** The step of a classifier. */
  public StepPlacement ofClassifier(
      ClassifierSpec<?> spec, int batch, OptimizerSettings optimizer) {
    try (Graph graph = new Graph()) {
      TrainingGraph<?> training = TrainingGraph.build(graph, spec, optimizer.factory(STEPS));
      return placed(spec.architecture().name(), optimizer, training, graph, batch);
    }
  }

  /** The step of a SavedModel, trained on the cross-entropy of its logits. */
  public StepPlacement ofSavedModel(Path folder, int batch, OptimizerSettings optimizer) {
    FinetuneOptions options = FinetuneOptions.defaults();
    try (LoadedModel model = LoadedModel.open(SavedModelFile.read(folder), options.signatures())) {
      FinetuneGraph built =
          FinetuneGraph.build(model, options, trained -> optimizer.factory(STEPS, trained));
      return placed(
          String.valueOf(folder.getFileName()), optimizer, built.training(), model.graph(), batch);
    }
  }

  /** The step of a detector. */
  public StepPlacement ofDetector(
      DetectionSettings settings, ImageSize image, int objects, int classes) {
    DetectorConfig config = settings.config(classes);
    try (Graph graph = new Graph()) {
      DetectorTraining training =
          DetectorTraining.build(
              graph, config, settings.batch(), settings.seed(), settings.optimizers(config));
      return StepPlacement.of(
          settings.name(),
          settings.optimizer().label(),
          DetectorMemory.model(training, image, objects),
          settings.kfac(config),
          registry);
    }
  }

  private StepPlacement placed(
      String model,
      OptimizerSettings optimizer,
      TrainingGraph<?> training,
      Graph graph,
      int batch) {
    StepModel step =
        StepModel.of(
            training.step().op(),
            List.of(
                training.training().lossValue(),
                training.training().correct(),
                training.optimizer().learningRate(),
                training.optimizer().healthAfterStep()),
            inputs(graph, batch));
    return StepPlacement.of(model, optimizer.label(), step, optimizer.kfac(STEPS), registry);
  }

  /** Shapes of what is fed; where the first size is open it is the batch's. */
  private static Map<String, Shape> inputs(Graph graph, int batch) {
    Map<String, Shape> inputs = new HashMap<>();
    for (Iterator<GraphOperation> all = graph.operations(); all.hasNext(); ) {
      GraphOperation one = all.next();
      if (one.type().equals("Placeholder") && one.output(0).shape().numDimensions() > 0) {
        long[] sizes = one.output(0).shape().asArray();
        sizes[0] = sizes[0] == Shape.UNKNOWN_SIZE ? batch : sizes[0];
        inputs.put(one.name(), Shape.of(sizes));
      }
    }
    return inputs;
  }
}
