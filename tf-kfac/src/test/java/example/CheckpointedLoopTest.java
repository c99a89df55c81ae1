package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** A training loop that saves, and one that continues from there. */
class CheckpointedLoopTest {

  @TempDir Path folder;

  @Test
  void aResumedLoopTakesTheSameSteps() {
    List<Float> expected;
    try (Circle circle = new Circle()) {
      Op step = new Kfac(circle.graph, options()).minimize(circle.loss);
      Checkpoint checkpoint = Checkpoint.of(circle.graph);
      try (Session session = new Session(circle.graph)) {
        session.initialize();
        circle.train(session, step, 0, 7);
        checkpoint.save(session, folder.resolve("step-7"), Map.of());
        expected = circle.train(session, step, 7, 5);
      }
    }
    try (Circle circle = new Circle()) {
      Kfac kfac = new Kfac(circle.graph, options());
      Op step = kfac.minimize(circle.loss);
      Checkpoint checkpoint = Checkpoint.of(circle.graph);
      try (Session session = new Session(circle.graph)) {
        checkpoint.restore(session, folder.resolve("step-7"));
        assertThat(kfac.health(session).steps()).isEqualTo(7);
        assertThat(circle.train(session, step, 7, 5)).isEqualTo(expected);
      }
    }
  }

  private static KfacOptions options() {
    return KfacOptions.nkfac().withLearningRate(0.05).withPeriods(2, 4);
  }
}
