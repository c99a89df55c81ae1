package io.github.tfkfac.models.train;

import io.github.tfkfac.CheckpointFolder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.data.BatchPlan;
import io.github.tfkfac.models.train.TrainingListener.StepReport;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A program that does a run or a part of it and traces it to the bit. */
final class ResumeScenario {

  /** Beyond twice the inverse period, between two updates of the statistics. */
  static final long STOP = 27;

  static final long END = STOP + 50;

  private static final long STATISTICS_PERIOD = 3;
  private static final long INVERSE_PERIOD = 10;

  private final Path checkpoints;
  private final List<String> lines = new ArrayList<>();

  private ResumeScenario(Path checkpoints) {
    this.checkpoints = checkpoints;
  }

  /** Arguments: {@code start} or {@code resume}, and the folder of checkpoints and traces. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    Path parts = folder.resolve("parts");
    if (arguments[0].equals("start")) {
      Path whole = folder.resolve("whole");
      Files.write(folder.resolve("whole.trace"), new ResumeScenario(whole).uninterrupted());
      Files.write(folder.resolve("first.trace"), new ResumeScenario(parts).interrupted());
    } else {
      Files.write(folder.resolve("second.trace"), new ResumeScenario(parts).resumed());
    }
  }

  /** From the start to the end. */
  private List<String> uninterrupted() {
    try (TinyRun<TFloat32> run = run()) {
      run.trainer(plan(), recorder()).train();
      return finished(run);
    }
  }

  /** From the start to the stop, where a checkpoint is saved. */
  private List<String> interrupted() {
    try (TinyRun<TFloat32> run = run()) {
      TrainingListener stopper =
          new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
              if (report.step() == STOP) {
                run.stop.request();
              }
            }
          };
      run.trainer(plan(), recorder(), stopper).train();
      return List.copyOf(lines);
    }
  }

  /** From the last checkpoint to the end. */
  private List<String> resumed() {
    try (TinyRun<TFloat32> run = run()) {
      Path last = new CheckpointFolder(checkpoints, 1).latest().orElseThrow();
      run.trainer(plan(), recorder()).resume(last);
      return finished(run);
    }
  }

  private static TinyRun<TFloat32> run() {
    KfacOptions options =
        KfacOptions.nkfac().withLearningRate(0.01).withPeriods(STATISTICS_PERIOD, INVERSE_PERIOD);
    return TinyRun.of(new SmallNetwork(0.2), graph -> new Kfac(graph, options));
  }

  private TrainingPlan<BatchPlan> plan() {
    return TrainingPlan.of(TinyRun.batches(), TrainingLength.steps(END))
        .withCheckpoints(new CheckpointFolder(checkpoints, 1), Period.atTheEnd());
  }

  private TrainingListener recorder() {
    return new TrainingListener() {
      @Override
      public void stepped(StepReport report) {
        lines.add(
            String.format(
                "step %d loss %s %s",
                report.step(), Double.toHexString(report.loss()), report.health()));
      }
    };
  }

  /** The trace of the steps and of every variable's bytes. */
  private List<String> finished(TinyRun<TFloat32> run) {
    List<String> all = new ArrayList<>(lines);
    Ops tf = Ops.create(run.graph);
    Map<String, Operand<?>> values = new TreeMap<>();
    ((ClassifierGraph<TFloat32>) run.training.classifier())
        .store()
        .parameters()
        .forEach(parameter -> values.put(parameter.name(), tf.identity(parameter.variable())));
    run.training
        .optimizer()
        .stateVariables()
        .forEach(variable -> values.put(variable.name(), variable.read(tf)));
    all.add("variables " + values.size() + " of " + run.variables());
    values.forEach(
        (name, value) -> {
          try (var result = run.session.runner().fetch(value).run()) {
            byte[] bytes = new byte[(int) result.get(0).numBytes()];
            result.get(0).asRawTensor().data().read(bytes);
            all.add("variable " + name + " " + new BigInteger(bytes).toString(16));
          }
        });
    return all;
  }
}
