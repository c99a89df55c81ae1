package io.github.tfkfac.models.train;

import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.MemOptType;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;
import org.tensorflow.proto.RewriterConfig.Toggle;

/**
 * Limits how much TensorFlow rewrites a graph before it runs it for the first time.
 *
 * <p>All of its rewriting takes several times as long as everything else before the first K-FAC
 * step, and training steps are no faster for it (measured on a CPU with ResNet-20). The choice of
 * the image layout is kept, which convolutions on GPUs need.
 */
final class GraphRewriting {

  private GraphRewriting() {}

  /** The choice of image layouts, and nothing else. */
  static GraphOptions layoutOnly() {
    return GraphOptions.newBuilder()
        .setRewriteOptions(
            RewriterConfig.newBuilder()
                .setLayoutOptimizer(Toggle.ON)
                .setMetaOptimizerIterations(NumIterationsType.ONE)
                .setMemoryOptimization(MemOptType.NO_MEM_OPT)
                .setDisableModelPruning(true)
                .setArithmeticOptimization(Toggle.OFF)
                .setCommonSubgraphElimination(Toggle.OFF)
                .setConstantFolding(Toggle.OFF)
                .setDebugStripper(Toggle.OFF)
                .setDependencyOptimization(Toggle.OFF)
                .setFunctionOptimization(Toggle.OFF)
                .setImplementationSelector(Toggle.OFF)
                .setLoopOptimization(Toggle.OFF)
                .setPinToHostOptimization(Toggle.OFF)
                .setRemapping(Toggle.OFF)
                .setScopedAllocatorOptimization(Toggle.OFF)
                .setShapeOptimization(Toggle.OFF))
        .build();
  }
}
