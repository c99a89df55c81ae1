package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import example.Digits.Batch;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.RefreshPolicy;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Every example trains, and does what it is there to show. */
class ExamplesTest {

  @TempDir Path folder;

  @Test
  void aProgramTrainsWithItsOptimizerExchanged() {
    assertTrains(DropIn.train(Digits.batches(40, 64, 1)), 0.3f);
  }

  @Test
  void aFrozenLayerStays() {
    try (DigitsModel model = new DigitsModel()) {
      assertTrains(FrozenLayers.train(model), 0.5f);
    }
    try (DigitsModel model = new DigitsModel()) {
      Op step = FrozenLayers.optimizer(model).minimize(model.loss);
      try (Session session = new Session(model.graph)) {
        session.initialize();
        List<Float> features = values(session, "features/kernel");
        List<Float> hidden = values(session, "hidden/kernel");
        model.train(session, step, Digits.batches(2, 8, 1));
        assertThat(values(session, "features/kernel")).isEqualTo(features);
        assertThat(values(session, "hidden/kernel")).isNotEqualTo(hidden);
      }
    }
  }

  @Test
  void anOwnUpdateRuleTrains() {
    assertTrains(OwnUpdateRule.train(), 0.5f);
  }

  @Test
  void anOwnCurvatureBlockTrains() {
    assertTrains(OwnCurvatureBlock.train(), 0.5f);
  }

  @Test
  void anOwnCurvatureBlockTakesItsStep() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Variable<TFloat64> w = tf.withName("w").variable(tf.constant(new double[][] {{3}, {-2}}));
      Operand<TFloat64> y = tf.linalg.matMul(tf.constant(new double[][] {{1, 2}}), w);
      Operand<TFloat64> loss =
          tf.math.mul(tf.reduceSum(tf.math.square(y), tf.array(0, 1)), tf.constant(0.5));
      Op step = new Kfac(graph, OwnCurvatureBlock.options()).minimize(loss);
      try (Session session = new Session(graph)) {
        session.initialize();
        session.runner().addTarget(step).run().close(); // the gradient is (-1, -2)
        try (Result result = session.runner().fetch(w).run()) {
          TFloat64 moved = (TFloat64) result.get(0);
          assertThat(moved.getDouble(0, 0)).isEqualTo(3 + 1e-3 / (1 + 0.5), within(1e-12));
          assertThat(moved.getDouble(1, 0)).isEqualTo(-2 + 1e-3 * 2 / (2 + 0.5), within(1e-12));
        }
      }
    }
  }

  @Test
  void aLayerHasItsOwnDampingAndAnotherNoPreconditioning() {
    try (DigitsModel model = new DigitsModel()) {
      Kfac optimizer = new Kfac(model.graph, LayerDamping.options());
      assertTrains(LayerDamping.train(model, optimizer), 0.5f);
      assertThat(optimizer.layers())
          .extracting(LayerSite::name)
          .containsExactly("hidden/kernel", "head/kernel");
    }
    KfacOptions options = LayerDamping.options();
    assertThat(options.withDamping(Damping.relative(0.01)).staggered().unstaggered())
        .isNotEqualTo(options)
        .isEqualTo(options.withDamping(Damping.relative(0.01)));
  }

  @Test
  void staggeredRefreshesAreCertified() {
    KfacOptions options =
        KfacOptions.nkfac()
            .withLearningRate(0.05)
            .withPeriods(2, 10)
            .staggered()
            .withCertification(0.1);
    assertThat(options.refreshes().spread()).isEqualTo(RefreshPolicy.Spread.STAGGERED);
    try (DigitsModel model = new DigitsModel()) {
      assertTrains(model.train(new Kfac(model.graph, options).minimize(model.loss), 40), 0.5f);
    }
  }

  @Test
  void ekfacTrainsWithASampledFisher() {
    assertTrains(SampledFisher.train(), 0.5f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"muon", "shampoo", "soap"})
  void optimizersThatTakeGradientsAloneTrain(String name) {
    assertTrains(OtherOptimizers.train(name), 0.5f);
  }

  @Test
  void aResumedLoopTakesTheSameSteps() {
    List<Batch> batches = Digits.batches(12, 16, 1);
    List<Float> resumed =
        new ArrayList<>(ResumedLoop.trainAndSave(batches.subList(0, 7), folder.resolve("step-7")));
    resumed.addAll(ResumedLoop.resume(batches.subList(7, 12), folder.resolve("step-7")));
    try (DigitsModel model = new DigitsModel()) {
      Op step = new Kfac(model.graph, ResumedLoop.options()).minimize(model.loss);
      try (Session session = new Session(model.graph)) {
        session.initialize();
        assertThat(resumed).isEqualTo(model.train(session, step, batches));
      }
    }
  }

  @Test
  void twoWorkersTrainOneModel() throws Exception {
    List<List<Float>> losses = TwoWorkers.train();
    assertThat(losses).hasSize(2);
    losses.forEach(ofOne -> assertTrains(ofOne, 0.5f));
  }

  @Test
  void aSavedModelIsFineTunedAndWrittenBack() throws Exception {
    DigitsModel.write(folder.resolve("model"));
    assertTrains(FineTunedModel.train(folder.resolve("model"), folder.resolve("tuned")), 0.5f);
    assertThat(saved("model", "features/kernel")).isEqualTo(saved("tuned", "features/kernel"));
    assertThat(saved("model", "head/kernel")).isNotEqualTo(saved("tuned", "head/kernel"));
  }

  @Test
  void aDetectorTrainsOnCocosFormat() throws Exception {
    ShapesDataset.write(folder, ShapesOptions.of(6, 2, 1).withSides(64, 96));
    float[] losses =
        DetectorOnCoco.train(
            folder.resolve("train"), folder.resolve("annotations/instances_train.json"), 12);
    assertThat(losses[10] + losses[11]).isLessThan(0.9f * (losses[0] + losses[1]));
  }

  private static void assertTrains(List<Float> losses, float share) {
    assertThat(losses).allMatch(Float::isFinite);
    assertThat(losses.get(losses.size() - 1)).isLessThan(share * losses.get(0));
  }

  private List<Float> saved(String name, String variable) {
    try (LoadedModel model =
            LoadedModel.open(
                SavedModelFile.read(folder.resolve(name)), List.of("serving_default"));
        Session session = new Session(model.graph())) {
      session.initialize();
      model.restore(session);
      return values(session, variable);
    }
  }

  private static List<Float> values(Session session, String variable) {
    try (Result result = session.runner().fetch(variable).run()) {
      return ((TFloat32) result.get(0)).streamOfObjects().toList();
    }
  }
}
