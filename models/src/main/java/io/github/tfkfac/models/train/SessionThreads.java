package io.github.tfkfac.models.train;

import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.proto.ConfigProto;

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
    ConfigProto config =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(intraOp)
            .setInterOpParallelismThreads(interOp)
            .setGraphOptions(GraphRewriting.layoutOnly())
            .build();
    return new Session(graph, config);
  }
}
