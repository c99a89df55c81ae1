package example;

import example.Digits.Batch;
import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** A loop that saves weights and optimizer, and a new process's loop that continues from there. */
public final class ResumedLoop {
  private ResumedLoop() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("checkpoints").resolve("step-20");
    List<Batch> batches = Digits.batches(40, 64, 1);
    System.out.println("losses " + trainAndSave(batches.subList(0, 20), folder));
    System.out.println("losses " + resume(batches.subList(20, 40), folder));
  }

  static List<Float> trainAndSave(List<Batch> batches, Path folder) {
    try (DigitsModel model = new DigitsModel()) {
      Op step = new Kfac(model.graph, options()).minimize(model.loss);
      Checkpoint checkpoint = Checkpoint.of(model.graph); // after minimize: the optimizer too
      try (Session session = new Session(model.graph)) {
        session.initialize();
        List<Float> losses = model.train(session, step, batches);
        checkpoint.save(session, folder, Map.of("batch", Integer.toString(batches.size())));
        return losses;
      }
    }
  }

  static List<Float> resume(List<Batch> batches, Path folder) {
    try (DigitsModel model = new DigitsModel()) {
      Op step = new Kfac(model.graph, options()).minimize(model.loss);
      Checkpoint checkpoint = Checkpoint.of(model.graph);
      try (Session session = new Session(model.graph)) {
        checkpoint.restore(session, folder); // in place of session.initialize()
        return model.train(session, step, batches);
      }
    }
  }

  static KfacOptions options() {
    return KfacOptions.nkfac().withLearningRate(0.05).withPeriods(2, 4);
  }
}
