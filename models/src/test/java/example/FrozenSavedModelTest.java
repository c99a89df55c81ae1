package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.models.finetune.FinetuneGraph;
import io.github.tfkfac.models.finetune.FinetuneOptions;
import io.github.tfkfac.models.finetune.TinySavedModel;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** A user's own loop that fine-tunes a SavedModel with its first layer frozen. */
class FrozenSavedModelTest {

  private static final int BATCH = 8;

  @TempDir Path folder;

  @Test
  void theFrozenLayerStaysAndTheLossFalls() {
    TinySavedModel.write(folder.resolve("model"), -1);
    FinetuneOptions options = FinetuneOptions.defaults().withFrozen("conv/*");
    KfacOptions nkfac = KfacOptions.nkfac().withLearningRate(0.05).withPeriods(2, 4);
    try (LoadedModel model =
        LoadedModel.open(SavedModelFile.read(folder.resolve("model")), options.signatures())) {
      FinetuneGraph graph = FinetuneGraph.build(model, options, nkfac);
      try (Session session = new Session(model.graph())) {
        graph.start(session);
        List<Float> frozen = values(session, "conv/kernel");
        List<Float> trained = values(session, "classes/kernel");
        List<Float> losses = new ArrayList<>();
        for (int step = 0; step < 30; step++) {
          losses.add(step(graph, session));
        }
        assertThat(losses.get(29)).isLessThan(0.5f * losses.get(0));
        assertThat(values(session, "conv/kernel")).isEqualTo(frozen);
        assertThat(values(session, "classes/kernel")).isNotEqualTo(trained);
      }
    }
  }

  private static List<Float> values(Session session, String variable) {
    try (Result result = session.runner().fetch(variable).run()) {
      return ((TFloat32) result.get(0)).streamOfObjects().toList();
    }
  }

  private static float step(FinetuneGraph graph, Session session) {
    Random random = new Random(1);
    float[] pixels = new float[BATCH * 8 * 8 * 3];
    float[] labels = new float[BATCH * TinySavedModel.CLASSES];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    for (int i = 0; i < BATCH; i++) {
      labels[i * TinySavedModel.CLASSES + i % TinySavedModel.CLASSES] = 1;
    }
    var training = graph.training();
    try (TFloat32 images = TFloat32.tensorOf(Shape.of(BATCH, 8, 8, 3), DataBuffers.of(pixels));
        TFloat32 classes =
            TFloat32.tensorOf(Shape.of(BATCH, TinySavedModel.CLASSES), DataBuffers.of(labels));
        Result result =
            session
                .runner()
                .feed(training.classifier().images(), images)
                .feed(training.classifier().labels(), classes)
                .addTarget(training.step())
                .fetch(training.training().loss())
                .run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
