package io.github.tfkfac.tools.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/** The calculation against TensorFlow's own trace of a step. */
@Tag("slow")
class TracedStepTest {
  private static final int SIDE = 64;
  private static final int CHANNELS = 16;
  private static final int LAYERS = 6;

  /** Part by which calculated and traced peak may differ. */
  private static final double TOLERANCE = 0.25;

  @Test
  void sizesAndPeakAreThoseThatTensorFlowTraces() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> images =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(2, -1, -1, CHANNELS)));
      Operand<TFloat32> kernel =
          tf.withName("kernel")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(3, 3, CHANNELS, CHANNELS)));
      Operand<TFloat32> maps = images;
      for (int layer = 0; layer < LAYERS; layer++) {
        maps = tf.nn.relu(tf.nn.conv2d(maps, kernel, List.of(1L, 1L, 1L, 1L), "SAME"));
      }
      Operand<TFloat32> loss = tf.reduceSum(tf.math.square(maps), tf.array(0, 1, 2, 3));
      Output<?>[] gradients =
          graph.addGradients(loss.asOutput(), new Output<?>[] {kernel.asOutput()});
      StepModel model =
          StepModel.of(
              gradients[0].op(),
              List.of(),
              Map.of(images.op().name(), Shape.of(2, SIDE, SIDE, CHANNELS)));
      TracedStep traced = traced(graph, images, kernel, gradients[0]);

      assertSizes(model, traced);
      GraphDef needed = StepGraph.needed(graph.toGraphDef(), List.of(gradients[0].op().name()));
      long measured = traced.peak(StepGraph.of(needed, model.shapes()));
      assertThat((double) model.at(0).temporaryBytes() / measured)
          .as("calculated %d, traced %d", model.at(0).temporaryBytes(), measured)
          .isBetween(1 - TOLERANCE, 1 + TOLERANCE);
    }
  }

  private static void assertSizes(StepModel model, TracedStep traced) {
    Map<String, Long> calculated = new HashMap<>();
    model
        .shapes()
        .tensors()
        .forEach(
            (operation, outputs) -> {
              for (int i = 0; i < outputs.size(); i++) {
                calculated.put(operation + ":" + i, outputs.get(i).bytes().orElse(-1L));
              }
            });
    Map<String, Long> shared = new HashMap<>(traced.bytes());
    shared.keySet().retainAll(calculated.keySet());
    assertThat(shared).hasSizeGreaterThan(3 * LAYERS);
    calculated.keySet().retainAll(shared.keySet());
    assertThat(calculated).isEqualTo(shared);
  }

  private static TracedStep traced(
      Graph graph, Operand<TFloat32> images, Operand<TFloat32> kernel, Output<?> target) {
    ConfigProto plain =
        ConfigProto.newBuilder()
            .setInterOpParallelismThreads(1)
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setOptimizerOptions(
                        OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .build();
    RunOptions trace =
        RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();
    try (Session session = new Session(graph, plain);
        TFloat32 pixels = TFloat32.tensorOf(Shape.of(2, SIDE, SIDE, CHANNELS));
        TFloat32 values = TFloat32.tensorOf(Shape.of(3, 3, CHANNELS, CHANNELS));
        Result result =
            session
                .runner()
                .feed(images, pixels)
                .feed(kernel, values)
                .fetch(target)
                .setOptions(trace)
                .runAndFetchMetadata()) {
      return TracedStep.of(result.getMetadata().orElseThrow());
    }
  }
}
