package io.github.tfkfac.tools.detect;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.data.ImageSize;
import io.github.tfkfac.detection.train.DetectorTraining;
import io.github.tfkfac.detection.train.TrainingInputs;
import io.github.tfkfac.tools.memory.StepKind;
import io.github.tfkfac.tools.memory.StepMemory;
import io.github.tfkfac.tools.memory.StepModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.annotation.TensorType;

/**
 * The memory that the training of a detector needs, calculated.
 *
 * @param parameterBytes variables of the network
 * @param optimizerBytes what the optimizer keeps between steps
 * @param steps the first step of each kind
 */
public record DetectorMemory(
    long parameterBytes, long optimizerBytes, Map<StepKind, StepMemory> steps) {

  public DetectorMemory {
    steps = Collections.unmodifiableMap(new EnumMap<>(steps));
  }

  /**
   * The step that the training runs, for images of one size.
   *
   * @param image size with padding
   * @param objects places for objects per image
   */
  public static StepModel model(DetectorTraining training, ImageSize image, int objects) {
    return StepModel.of(
        training.step().op(),
        fetches(training),
        shapes(training.network().inputs(), image, objects));
  }

  /** Tensors that a training loop fetches at every step. */
  public static List<Operand<?>> fetches(DetectorTraining training) {
    List<Operand<?>> fetches = new ArrayList<>(training.network().losses().terms());
    fetches.add(training.optimizer().learningRate());
    fetches.add(training.optimizer().healthAfterStep());
    return fetches;
  }

  /**
   * The memory of every kind of step.
   *
   * @param options of a second-order optimizer
   * @param steps of the whole training
   */
  public static DetectorMemory of(
      DetectorTraining training, StepModel model, Optional<KfacOptions> options, long steps) {
    return new DetectorMemory(
        training.store().parameters().stream()
            .mapToLong(parameter -> parameter.shape().size() * Float.BYTES)
            .sum(),
        training.optimizer().stateVariables().stream()
            .mapToLong(
                state ->
                    state.shape().size() * state.type().getAnnotation(TensorType.class).byteSize())
            .sum(),
        model.byKind(options, steps));
  }

  private static Map<String, Shape> shapes(TrainingInputs inputs, ImageSize image, int objects) {
    long batch = inputs.batchSize();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(inputs.images().op().name(), Shape.of(batch, image.height(), image.width(), 3));
    shapes.put(inputs.boxes().op().name(), Shape.of(batch, objects, 4));
    shapes.put(inputs.labels().op().name(), Shape.of(batch, objects));
    inputs
        .masks()
        .ifPresent(
            masks ->
                shapes.put(
                    masks.op().name(), Shape.of(batch, objects, image.height(), image.width())));
    return shapes;
  }
}
