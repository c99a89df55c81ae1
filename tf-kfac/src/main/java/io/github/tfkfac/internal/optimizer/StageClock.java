package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.Stage;
import java.util.List;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;

/** Hook at the stage boundaries of a step; may add control dependencies to the next stage. */
@FunctionalInterface
public interface StageClock {

  /** Looks at nothing. */
  StageClock NONE = (tf, stage, last) -> tf;

  /**
   * Ends a stage.
   *
   * @param tf where what comes after would be built
   * @param last what ends the stage
   * @return where to build what comes after
   */
  Ops end(Ops tf, Stage stage, List<? extends Op> last);
}
