package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Checkpoint;
import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.ModelArchive;
import io.github.tfkfac.models.savedmodel.SavedModelFile;
import io.github.tfkfac.models.train.OptimizerFactory;
import io.github.tfkfac.models.train.SessionThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Signatures with active dropout: every step and every evaluation draws again, a resume the same.
 */
class RandomStateTest {

  private static final int EXAMPLES = 6;

  /** A learning rate that leaves float32 weights as they are. */
  private static final double NO_CHANGE = 1e-20;

  @TempDir Path folder;

  /** An open model with what reads its variables. */
  private static final class Opened implements AutoCloseable {
    final LoadedModel model;
    final FinetuneGraph graph;
    final Session session;
    final Map<String, Operand<?>> reads = new LinkedHashMap<>();

    Opened(Path source) {
      model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE);
      KfacOptions nkfac = KfacOptions.nkfac().withLearningRate(0.05).withPeriods(1, 2);
      graph =
          FinetuneGraph.build(
              model,
              FinetuneOptions.defaults(),
              trained ->
                  OptimizerFactory.kfac(nkfac.withTraining(given -> given.withVariables(trained))));
      Ops tf = Ops.create(model.graph());
      for (GraphVariable<?> variable : model.graphVariables().values()) {
        reads.put(variable.name(), variable.read(tf));
      }
      session = SessionThreads.single().open(model.graph());
      graph.start(session);
    }

    float run(boolean isStep) {
      float[] labels = new float[EXAMPLES * 3];
      for (int i = 0; i < EXAMPLES; i++) {
        labels[3 * i + i % 3] = 1;
      }
      float[] pixels = new float[EXAMPLES * 48];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (i * 37 % 101) / 50f - 1;
      }
      try (TFloat32 images =
              TFloat32.tensorOf(Shape.of(EXAMPLES, 4, 4, 3), DataBuffers.of(pixels));
          TFloat32 targets = TFloat32.tensorOf(Shape.of(EXAMPLES, 3), DataBuffers.of(labels))) {
        Session.Runner runner =
            session
                .runner()
                .feed(graph.training().classifier().images(), images)
                .feed(graph.training().classifier().labels(), targets);
        if (isStep) {
          runner.addTarget(graph.training().step()).fetch(graph.training().training().loss());
        } else {
          runner
              .fetch(graph.training().classifier().inference().loss())
              .fetch(graph.training().classifier().inference().lossValue());
        }
        try (Result result = runner.run()) {
          return ((TFloat32) result.get(0)).getFloat();
        }
      }
    }

    List<Float> losses(int steps) {
      List<Float> losses = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        losses.add(run(true));
        losses.add(run(false));
      }
      return losses;
    }

    String state() {
      String name =
          reads.keySet().stream().filter(one -> one.contains("seed")).findFirst().orElseThrow();
      try (Result result = session.runner().fetch(reads.get(name)).run()) {
        StringBuilder values = new StringBuilder();
        ((org.tensorflow.ndarray.NdArray<?>) result.get(0))
            .scalars()
            .forEach(value -> values.append(value.getObject()).append(' '));
        return values.toString();
      }
    }

    @Override
    public void close() {
      session.close();
      model.close();
    }
  }

  @Test
  void everyStepAndEveryEvaluationMovesTheStateOnce() {
    try (Opened opened = new Opened(ModelArchive.unpack("active_dropout_images", folder))) {
      List<String> states = new ArrayList<>(List.of(opened.state()));
      for (boolean isStep : new boolean[] {true, true, false, true}) {
        opened.run(isStep);
        states.add(opened.state());
      }
      List<Long> counts =
          states.stream().map(state -> Long.parseLong(state.trim().split(" ", -1)[1])).toList();
      for (int i = 1; i < counts.size(); i++) {
        assertThat(counts.get(i) - counts.get(i - 1)).isEqualTo(counts.get(1) - counts.get(0));
      }
      assertThat(counts).doesNotHaveDuplicates();
    }
  }

  @Test
  void evaluationsOfTheSameWeightsDiffer() {
    try (Opened opened = new Opened(ModelArchive.unpack("active_dropout_images", folder))) {
      assertThat(List.of(opened.run(false), opened.run(false), opened.run(false)))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void aResumedRunDrawsWhatTheUninterruptedOneDraws() {
    Path source = ModelArchive.unpack("active_dropout_images", folder);
    Path saved = folder.resolve("checkpoint");
    List<Float> expected;
    try (Opened opened = new Opened(source)) {
      opened.losses(2);
      Checkpoint.of(opened.model.graph()).save(opened.session, saved, Map.of());
      expected = opened.losses(3);
    }
    try (Opened opened = new Opened(source)) {
      opened.graph.training().checkpoint().restore(opened.session, saved);
      assertThat(opened.losses(3)).isEqualTo(expected);
    }
  }

  @Test
  void stepsOfARegressionMoveTheState() {
    Path source = ModelArchive.unpack("active_dropout", folder);
    try (LoadedModel model = LoadedModel.open(source, SavedModelFile.DEFAULT_SIGNATURE)) {
      RegressionGraph graph =
          RegressionGraph.build(
              model,
              model.signature().outputs().values().iterator().next(),
              trained ->
                  made ->
                      new FirstOrder(
                          made, TrainingOptions.sgdm(NO_CHANGE, 0).withVariables(trained)));
      try (Session session = new Session(model.graph());
          TFloat32 input =
              TFloat32.tensorOf(
                  Shape.of(2, 5), data -> data.scalars().forEach(one -> one.setFloat(1)));
          TFloat32 targets =
              TFloat32.tensorOf(
                  Shape.of(2, 3), data -> data.scalars().forEach(one -> one.setFloat(0)))) {
        graph.start(session);
        List<Float> losses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          try (Result result =
              session
                  .runner()
                  .feed(model.signature().inputs().values().iterator().next(), input)
                  .feed(graph.targets(), targets)
                  .addTarget(graph.step())
                  .fetch(graph.loss())
                  .run()) {
            losses.add(((TFloat32) result.get(0)).getFloat());
          }
        }
        assertThat(losses).doesNotHaveDuplicates();
      }
    }
  }
}
