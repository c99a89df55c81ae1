package io.github.tfkfac.models.train;

import io.github.tfkfac.internal.graph.NativeLibrary;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RewriterConfig.MemOptType;
import org.tensorflow.proto.RewriterConfig.NumIterationsType;
import org.tensorflow.proto.RewriterConfig.Toggle;

/**
 * Numbers of threads of a session; the session rewrites graphs little, so that the first step comes
 * soon.
 *
 * <p>TensorFlow takes the threads of one operation from the first session of a process and uses
 * them for all later ones, unless the environment variable {@code TF_OVERRIDE_GLOBAL_THREADPOOL} is
 * 1.
 *
 * <p><i>Numerics</i>: sums depend on how they are split among threads, so runs repeat to the bit
 * with {@link #single()} alone.
 *
 * @param intraOp threads of one operation; 0 leaves the choice to TensorFlow
 * @param interOp operations at the same time; 0 leaves the choice to TensorFlow
 */
public record SessionThreads(int intraOp, int interOp) {

  public SessionThreads {
    if (intraOp < 0 || interOp < 0) {
      throw new IllegalArgumentException(
          "expected numbers of threads >= 0 (0 for TensorFlow's choice), found "
              + intraOp
              + " within an operation and "
              + interOp
              + " operations");
    }
  }

  /** TensorFlow's choice. */
  public static SessionThreads automatic() {
    return new SessionThreads(0, 0);
  }

  /** One thread for everything. */
  public static SessionThreads single() {
    return new SessionThreads(1, 1);
  }

  /** A session with these threads, to be closed by the caller. */
  public Session open(Graph graph) {
    return new Session(graph, config());
  }

  /** What a session is opened with. */
  public ConfigProto config() {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(intraOp)
        .setInterOpParallelismThreads(interOp)
        .setGraphOptions(layoutOnly())
        .build();
  }

  /**
   * Options that limit how much TensorFlow does to a graph before it runs it for the first time.
   *
   * <p>All of its rewriting takes several times as long as everything else before the first K-FAC
   * step, and training steps are no faster for it (measured on a CPU with ResNet-20). The choice of
   * the image layout is kept, which convolutions on GPUs need.
   *
   * <p>On a CPU only the part that is run is placed: otherwise every other set of results costs a
   * copy of the whole graph. On a GPU the part alone could put a variable where another part of the
   * graph has no kernel for it.
   */
  private static GraphOptions layoutOnly() {
    return GraphOptions.newBuilder()
        .setPlacePrunedGraph(!NativeLibrary.isForGpus())
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
