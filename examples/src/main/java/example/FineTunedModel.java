package example;

import example.Digits.Batch;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Trains a SavedModel further, its first layer frozen, and writes it back. */
public final class FineTunedModel {
  private FineTunedModel() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createTempDirectory("model");
    DigitsModel.write(folder.resolve("model")); // in place of one of yours, Keras' for instance
    System.out.println("losses " + train(folder.resolve("model"), folder.resolve("tuned")));
  }

  static List<Float> train(Path folder, Path target) {
    List<Float> losses = new ArrayList<>();
    KfacOptions nkfac = KfacOptions.nkfac().withLearningRate(0.05);
    FinetuneOptions options = FinetuneOptions.defaults().withFrozen("features/*");
    SavedModelFile file = SavedModelFile.read(folder);
    try (LoadedModel model = LoadedModel.open(file, options.signatures())) {
      FinetuneGraph graph = FinetuneGraph.build(model, options, nkfac);
      var images = graph.training().classifier().images();
      var labels = graph.training().classifier().labels();
      try (Session session = new Session(model.graph())) {
        graph.start(session);
        for (Batch batch : Digits.batches(40, 64, 2)) {
          Session.Runner step = session.runner().addTarget(graph.training().step());
          step.feed(images, batch.images()).feed(labels, batch.labels());
          try (Result result = step.fetch(graph.training().training().loss()).run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
          }
        }
        graph.export(session, target);
      }
    }
    return losses;
  }
}
