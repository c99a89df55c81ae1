package io.github.tfkfac.models.train;

import io.github.tfkfac.optimizer.Kfac;
import io.github.tfkfac.optimizer.KfacOptions;
import io.github.tfkfac.state.CheckpointFolder;
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

/** A run that is traced to the bit; as a program, it resumes the run from its last checkpoint. */
final class ResumeScenario {

  /** Beyond twice the inverse period, between two updates of the statistics. */
  static final long STOP = 27;

  static final long END = STOP + 50;

  private static final long STATISTICS_PERIOD = 3;
  private static final long INVERSE_PERIOD = 10;

  private final Path checkpoints;
  private final List<String> lines = new ArrayList<>();

  ResumeScenario(Path checkpoints) {
    this.checkpoints = checkpoints;
  }

  /** Arguments: the folder of the checkpoints and the file to be written. */
  public static void main(String[] arguments) throws IOException {
    List<String> lines = new ResumeScenario(Path.of(arguments[0])).resumed();
    Files.write(Path.of(arguments[1]), lines);
  }

  /** From the start to the end. */
  List<String> uninterrupted() {
    try (TinyRun<TFloat32> run = run()) {
      run.trainer(plan(), recorder()).train();
      return finished(run);
    }
  }

  /** From the start to the stop, where a checkpoint is saved. */
  List<String> interrupted() {
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
  List<String> resumed() {
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

  private TrainingPlan plan() {
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
    run.training
        .classifier()
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
