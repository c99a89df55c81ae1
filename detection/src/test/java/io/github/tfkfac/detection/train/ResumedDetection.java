package io.github.tfkfac.detection.train;

import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.state.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

/** A program that does a run, or a part of it and then the rest, and traces it to the bit. */
final class ResumedDetection {

  static final int STOP = 3;
  static final int END = 6;

  private ResumedDetection() {}

  /** Argument: the folder of data, checkpoints and traces. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    ShapesDataset data = ShapesRun.data(folder.resolve("shapes"));
    KfacOptions options =
        DetectorCurvature.blocks()
            .applyTo(
                KfacOptions.nkfac().withPeriods(2, 2).withLearningRate(0.01),
                TinyTraining.config());
    try (ShapesRun run = new ShapesRun(DetectorOptimizer.kfac(options))) {
      Path parts = folder.resolve("parts");
      Files.write(folder.resolve("whole.trace"), trace(run, data, folder.resolve("whole"), END));
      run.restart();
      Files.write(folder.resolve("first.trace"), trace(run, data, parts, STOP));
      run.restart();
      Files.write(folder.resolve("second.trace"), trace(run, data, parts, END));
    }
  }

  /** From the last checkpoint, if there is one, to a step, where a checkpoint is saved. */
  private static List<String> trace(ShapesRun run, ShapesDataset data, Path checkpoints, int end) {
    CheckpointFolder saved = new CheckpointFolder(checkpoints, 1);
    List<String> lines = new ArrayList<>();
    DetectionListener recorder =
        new DetectionListener() {
          @Override
          public void stepped(DetectionStep step) {
            lines.add("step " + step.step() + " " + step.losses() + " " + step.images());
          }
        };
    DetectionTrainer trainer =
        run.trainer(
            DetectionTrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(end))
                .withCheckpoints(saved, Period.atTheEnd()),
            recorder);
    saved.latest().ifPresentOrElse(trainer::resume, trainer::train);
    lines.addAll(variables(run));
    return lines;
  }

  private static List<String> variables(ShapesRun run) {
    Ops tf = Ops.create(run.graph);
    Map<String, Operand<?>> values = new TreeMap<>();
    run.training
        .store()
        .parameters()
        .forEach(parameter -> values.put(parameter.name(), tf.identity(parameter.variable())));
    run.training
        .optimizer()
        .stateVariables()
        .forEach(variable -> values.put(variable.name(), variable.read(tf)));
    List<String> lines = new ArrayList<>();
    var runner = run.session().runner();
    values.values().forEach(runner::fetch);
    try (var result = runner.run()) {
      int next = 0;
      for (String name : values.keySet()) {
        Tensor value = result.get(next++);
        byte[] bytes = new byte[(int) value.numBytes()];
        value.asRawTensor().data().read(bytes);
        lines.add("variable " + name + " " + Arrays.hashCode(bytes));
      }
    }
    return lines;
  }
}
