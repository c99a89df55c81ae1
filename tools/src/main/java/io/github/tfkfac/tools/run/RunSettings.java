package io.github.tfkfac.tools.run;

import io.github.tfkfac.models.arch.Architecture;
import io.github.tfkfac.models.arch.Architectures;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that decides a training run.
 *
 * @param data the images
 * @param model name of the network
 * @param optimizer the optimizer
 * @param epochs passes over the training images
 * @param batch images per step
 * @param seed seed of initial values, shuffling and augmentation
 * @param labelSmoothing label smoothing of the loss
 * @param evaluationEpochs epochs between two evaluations
 * @param evaluationImages test images of an evaluation before the last, 0 for all
 * @param checkpointEpochs epochs between two checkpoints
 * @param threads threads within an operation, 0 for TensorFlow's choice
 * @param operations operations at a time, 0 for TensorFlow's choice
 */
public record RunSettings(
    DataSettings data,
    String model,
    OptimizerSettings optimizer,
    int epochs,
    int batch,
    long seed,
    double labelSmoothing,
    int evaluationEpochs,
    int evaluationImages,
    int checkpointEpochs,
    int threads,
    int operations) {

  public RunSettings {
    Architectures.named(model);
    requirePositive("epochs", epochs);
    requirePositive("images per batch", batch);
    requirePositive("epochs between evaluations", evaluationEpochs);
    requirePositive("epochs between checkpoints", checkpointEpochs);
  }

  /** The network. */
  public Architecture architecture() {
    return Architectures.named(model);
  }

  /** The same with another optimizer. */
  public RunSettings withOptimizer(OptimizerSettings other) {
    return new RunSettings(
        data,
        model,
        other,
        epochs,
        batch,
        seed,
        labelSmoothing,
        evaluationEpochs,
        evaluationImages,
        checkpointEpochs,
        threads,
        operations);
  }

  /** The same with another seed. */
  public RunSettings withSeed(long other) {
    return new RunSettings(
        data,
        model,
        optimizer,
        epochs,
        batch,
        other,
        labelSmoothing,
        evaluationEpochs,
        evaluationImages,
        checkpointEpochs,
        threads,
        operations);
  }

  /** What decides the run's numbers, by option name: equal values, equal runs. */
  public Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>(data.values());
    values.put("model", model);
    values.putAll(optimizer.values());
    values.put("epochs", Integer.toString(epochs));
    values.put("batch", Integer.toString(batch));
    values.put("seed", Long.toString(seed));
    values.put("label-smoothing", Double.toString(labelSmoothing));
    return values;
  }

  private static void requirePositive(String what, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected > 0 " + what + ", found " + value);
    }
  }
}
