package io.github.tfkfac.detection.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.detection.data.DetectionPlan;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.models.train.Period;
import io.github.tfkfac.models.train.Trainer;
import io.github.tfkfac.models.train.TrainingLength;
import io.github.tfkfac.models.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;

/** A program that does a run, then its second half from a checkpoint, and traces it to the bit. */
final class ResumedDetection {

  /** In the first epoch of three steps. */
  static final int STOP = 2;

  /** In the second. */
  static final int END = 4;

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
      List<Path> saved = new ArrayList<>();
      Files.write(
          folder.resolve("whole.trace"),
          trace(run, trainer -> trainer.train(), data, folder.resolve("whole"), saved));
      run.restart();
      Files.write(
          folder.resolve("rest.trace"),
          trace(
              run,
              trainer -> trainer.resume(saved.get(0)),
              data,
              folder.resolve("rest"),
              new ArrayList<>()));
    }
  }

  /** To the end, with checkpoints. */
  private static List<String> trace(
      ShapesRun run,
      Consumer<Trainer<DetectionPlan, DetectionEvaluator.Outcome>> training,
      ShapesDataset data,
      Path checkpoints,
      List<Path> saved) {
    List<String> lines = new ArrayList<>();
    DetectionListener recorder =
        new DetectionListener() {
          @Override
          public void stepped(StepReport step) {
            lines.add("step " + step.step() + " " + step.losses() + " " + step.ids());
          }

          @Override
          public void checkpointed(Path checkpoint) {
            saved.add(checkpoint);
          }
        };
    Trainer<DetectionPlan, DetectionEvaluator.Outcome> trainer =
        run.trainer(
            TrainingPlan.of(ShapesRun.batches(data), TrainingLength.steps(END))
                .withCheckpoints(new CheckpointFolder(checkpoints, 2), Period.steps(STOP)),
            recorder);
    training.accept(trainer);
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
