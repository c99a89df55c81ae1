package io.github.tfkfac.models.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.data.RealData;
import io.github.tfkfac.models.savedmodel.LoadedModel;
import io.github.tfkfac.models.savedmodel.ModelExport;
import io.github.tfkfac.models.savedmodel.SavedModelException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class RegressionGraphTest {

  private static final int STEPS = 200;
  private static final float[] XS = {-1, 1};
  private static final double LEARNED = 0.01;
  private static final double SAME = 1e-6;

  @TempDir Path folder;

  @Test
  void aLineBecomesAnotherLine() {
    assertBecomesAnotherLine(TinyLine.write(folder.resolve("line")), Shape.of(1, 1));
  }

  @Tag("data")
  @ParameterizedTest
  @ValueSource(strings = {"half_plus_two_tf1.14", "half_plus_two_tf2.14"})
  void savedLinesOfBothKindsBecomeAnotherLine(String name) {
    assertBecomesAnotherLine(
        RealData.folder("saved_models").resolve(name),
        name.endsWith("tf2.14") ? Shape.of(1) : Shape.of(1, 1));
  }

  /** Trains y = 0.5 x + 2 to be y = 3 - x, and reads it back. */
  private void assertBecomesAnotherLine(Path line, Shape shape) {
    Path target = folder.resolve("trained");
    try (LoadedModel model = LoadedModel.open(line, "serving_default")) {
      RegressionGraph graph =
          RegressionGraph.build(
              model,
              model.output("y"),
              trained ->
                  made ->
                      new FirstOrder(made, TrainingOptions.sgdm(0.1, 0).withVariables(trained)));
      try (Session session = new Session(model.graph())) {
        graph.start(session);
        assertThat(y(session, model, 1, shape)).isEqualTo(2.5, within(SAME));
        for (int step = 0; step < STEPS; step++) {
          float x = XS[step % XS.length];
          train(session, graph, x, 3 - x, shape);
        }
        assertThat(y(session, model, 1, shape)).isEqualTo(2, within(LEARNED));
        assertThat(y(session, model, 5, shape)).isEqualTo(-2, within(6 * LEARNED));
        ModelExport.write(model, session, target);
        double trained = y(session, model, 5, shape);
        try (LoadedModel exported = LoadedModel.open(target, "serving_default");
            Session again = new Session(exported.graph())) {
          exported.restore(again);
          assertThat(y(again, exported, 5, shape)).isEqualTo(trained);
        }
      }
    }
  }

  private static void train(Session session, RegressionGraph graph, float x, float y, Shape shape) {
    try (TFloat32 input = filled(shape, x);
        TFloat32 target = filled(shape, y)) {
      session
          .runner()
          .feed(graph.model().input("x"), input)
          .feed(graph.targets(), target)
          .addTarget(graph.step())
          .run()
          .close();
    }
  }

  private static double y(Session session, LoadedModel model, float x, Shape shape) {
    try (TFloat32 input = filled(shape, x);
        Result result =
            session.runner().feed(model.input("x"), input).fetch(model.output("y")).run()) {
      return ((TFloat32) result.get(0)).streamOfObjects().findFirst().orElseThrow();
    }
  }

  private static TFloat32 filled(Shape shape, float value) {
    return TFloat32.tensorOf(
        shape, data -> data.scalars().forEach(scalar -> scalar.setFloat(value)));
  }

  @Test
  void tensorsWithoutRowsAreRejected() {
    Path line = TinyLine.write(folder.resolve("line"));
    try (LoadedModel model = LoadedModel.open(line, "serving_default")) {
      Output<TFloat32> scalar = Ops.create(model.graph()).constant(1f).asOutput();
      assertThatThrownBy(
              () ->
                  RegressionGraph.build(
                      model,
                      scalar,
                      trained -> made -> new FirstOrder(made, TrainingOptions.sgdm(0.1, 0))))
          .isInstanceOf(SavedModelException.class)
          .hasMessageContaining("expected float32 outputs [N, ...]");
    }
  }
}
