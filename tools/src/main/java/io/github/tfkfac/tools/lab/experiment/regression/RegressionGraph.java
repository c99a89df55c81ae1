package io.github.tfkfac.tools.lab.experiment.regression;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.TrainingOptimizer;
import io.github.tfkfac.models.data.Samples;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.ParameterStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/**
 * A network for vectors with its training step and its test pass.
 *
 * @param inputs {@code [N, width]}, to be fed
 * @param targets {@code [N, outputs]}, to be fed
 * @param training what a training step says of its batch before the update
 * @param test the same in inference mode
 * @param optimizer what trains it
 * @param step the training step
 * @param coarseShare the coarse level's part of the update in a step, if there is such a level
 */
record RegressionGraph(
    Operand<TFloat32> inputs,
    Operand<TFloat32> targets,
    Scores training,
    Scores test,
    TrainingOptimizer optimizer,
    Op step,
    Optional<Operand<TFloat64>> coarseShare) {

  /**
   * Loss and measure on a batch.
   *
   * @param loss mean loss
   * @param measure mean of the task's measure
   */
  record Scores(Operand<TFloat64> loss, Operand<TFloat64> measure) {}

  static RegressionGraph build(Graph graph, RegressionSettings settings, Samples samples) {
    Ops tf = Ops.create(graph);
    RegressionTask task = settings.task();
    ParameterStore<TFloat32> store = new ParameterStore<>(tf, TFloat32.class, settings.seed());
    Operand<TFloat32> inputs = placeholder(tf, "inputs", samples.width());
    Operand<TFloat32> targets = placeholder(tf, "targets", samples.outputs());
    Operand<TFloat32> tested = task.outputs(LayerContext.inference(tf, store), inputs);
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    TrainingOptimizer optimizer =
        settings
            .optimizer()
            .factory(settings.totalSteps())
            .create(graph, () -> task.predicted(outputs.get(0)));
    Operand<TFloat32> trained =
        task.outputs(LayerContext.training(tf, store, optimizer.stepsDone()), inputs);
    outputs.add(trained);
    Operand<TFloat32> loss = task.loss(tf, trained, targets);
    Scores training = scores(tf, task, loss, trained, targets);
    Scores test = scores(tf, task, task.loss(tf, tested, targets), tested, targets);
    optimizer.attachUpdates(store::updates);
    Op step = optimizer.minimize(loss, "train");
    Optional<Operand<TFloat64>> coarseShare =
        optimizer instanceof Kfac kfac
            ? kfac.coarseShare().map(share -> float64(tf, share))
            : Optional.empty();
    return new RegressionGraph(inputs, targets, training, test, optimizer, step, coarseShare);
  }

  @SuppressWarnings("unchecked") // the network is one of float32
  private static Operand<TFloat64> float64(Ops tf, Operand<?> value) {
    return tf.dtypes.cast((Operand<TFloat32>) value, TFloat64.class);
  }

  private static Operand<TFloat32> placeholder(Ops tf, String name, int columns) {
    return tf.withName(name)
        .placeholder(TFloat32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, columns)));
  }

  private static Scores scores(
      Ops tf,
      RegressionTask task,
      Operand<TFloat32> loss,
      Operand<TFloat32> outputs,
      Operand<TFloat32> targets) {
    Operand<TFloat64> measure = tf.dtypes.cast(task.measure(tf, outputs, targets), TFloat64.class);
    return new Scores(
        tf.dtypes.cast(loss, TFloat64.class),
        tf.math.mean(tf.reshape(measure, tf.constant(new int[] {-1})), tf.constant(0)));
  }

  /**
   * A session that works in the thread that runs it, so that several of them work side by side and
   * the many small operations cost no hand-over between threads.
   */
  static Session session(Graph graph) {
    return new Session(
        graph,
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(1)
            .setInterOpParallelismThreads(-1)
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .build());
  }
}
