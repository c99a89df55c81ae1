package io.github.tfkfac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.RefreshWork;
import io.github.tfkfac.extension.StepScalars;
import io.github.tfkfac.internal.optimizer.TrainStep;
import io.github.tfkfac.testing.Tensors;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.ArrayList;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/** Blocks of every kind against dense matrices, and what holds for any block of a user. */
class CurvatureBlockTest {

  private static final double TOLERANCE = 1e-9;
  private static final int EXAMPLES = 12;
  private static final double DAMPING = 0.2;

  @Test
  void aKroneckerBlockIsItsFactorsProductWithTheDamping() {
    Damping damping = Damping.absolute(DAMPING);
    assertDense(KfacOptions.kfac().withDamping(damping), DAMPING);
    assertDense(KfacOptions.ekfac().withDamping(damping), DAMPING);
    assertDense(KfacOptions.kfacTikhonov().withDamping(damping), DAMPING * DAMPING);
  }

  private static void assertDense(KfacOptions preset, double damping) {
    try (Run run = new Run(preset.withPeriods(1, 1))) {
      List<Operand<TFloat64>> dense = new ArrayList<>();
      run.blocks().forEach(block -> dense.add(block.dense(run.graph.tf, run.scalars())));
      run.start(3);
      for (int layer = 0; layer < dense.size(); layer++) {
        SimpleMatrix product = run.factor(layer, "A").kron(run.factor(layer, "G"));
        SimpleMatrix expected =
            product.plus(SimpleMatrix.identity(product.getNumRows()).scale(damping));
        assertThat(Tensors.relativeError(run.graph.fetch(dense.get(layer)), values(expected)))
            .as("layer %d of %s", layer, preset.approximation())
            .isLessThan(TOLERANCE);
      }
    }
  }

  @Test
  void anEigenbasisSolvesTheDampedSystem() {
    try (Run run =
        new Run(KfacOptions.kfac().withPeriods(1, 1).withDamping(Damping.absolute(DAMPING)))) {
      List<double[]> gradients = new ArrayList<>();
      List<Operand<TFloat64>> preconditioned = new ArrayList<>();
      List<Operand<TFloat64>> dense = new ArrayList<>();
      for (CurvatureBlock<TFloat64> block : run.blocks()) {
        gradients.add(TestGraph.random(gradients.size(), block.layer().matrixShape().size()));
        Operand<TFloat64> gradient =
            run.graph.constant(block.layer().matrixShape(), gradients.get(gradients.size() - 1));
        preconditioned.add(block.precondition(run.graph.tf, gradient, run.scalars()));
        dense.add(block.dense(run.graph.tf, run.scalars()));
      }
      run.start(3);
      for (int layer = 0; layer < gradients.size(); layer++) {
        int size = gradients.get(layer).length;
        SimpleMatrix matrix = new SimpleMatrix(size, size, true, run.graph.fetch(dense.get(layer)));
        SimpleMatrix solution =
            new SimpleMatrix(size, 1, true, run.graph.fetch(preconditioned.get(layer)));
        assertThat(Tensors.relativeError(values(matrix.mult(solution)), gradients.get(layer)))
            .as("layer %d", layer)
            .isLessThan(TOLERANCE);
      }
    }
  }

  /** Counts updates, which are not finite in the first layer, and keeps the last refresh's step. */
  private record Probe<T extends TNumber>(
      CapturedLayer<T> layer, GraphVariable<T> updates, GraphVariable<T> refreshed)
      implements CurvatureBlock<T> {

    Probe(CapturedLayer<T> layer) {
      this(
          layer,
          layer.variable("probed", layer.matrixShape(), 0),
          layer.variable("refreshed", layer.matrixShape(), -1));
    }

    @Override
    public List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
      Operand<T> one = tf.constant(layer.type(), layer.site().name().equals("w1") ? Double.NaN : 1);
      return List.of(new NewValue<>(updates, tf.math.add(updates.read(tf), one)));
    }

    @Override
    public List<RefreshWork<T>> refreshWork() {
      return List.of(
          RefreshWork.of(
              1,
              (tf, context) -> {
                Operand<T> step = tf.dtypes.cast(context.step(), layer.type());
                Operand<T> zeros = tf.zerosLike(refreshed.read(tf));
                return List.of(new NewValue<>(refreshed, tf.math.add(zeros, step)));
              }));
    }

    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return tf.math.div(gradient, layer.damping(step));
    }
  }

  private static KfacOptions probed() {
    return KfacOptions.kfac()
        .withPeriods(1, 4)
        .withNormControl(NormControl.none())
        .withApproximation(Approximation.of("probe", Damping.absolute(1), Probe::new));
  }

  @Test
  void anEstimateThatIsNotFiniteIsRejectedAndCounted() {
    try (Run run = new Run(probed())) {
      run.start(4);
      assertThat(run.graph.value("kfac/w1/probed")).containsOnly(0);
      assertThat(run.graph.value("kfac/w2/probed")).containsOnly(4);
      TrainingHealth health = run.optimizer.health(run.graph.session());
      assertThat(health.rejectedStatistics()).isEqualTo(4);
      assertThat(health.appliedUpdates()).isEqualTo(4);
    }
  }

  @Test
  void staggeredWorksHaveStepsOfTheirOwn() {
    try (Run together = new Run(probed());
        Run staggered = new Run(probed().staggered())) {
      together.start(4);
      staggered.start(4);
      assertThat(together.graph.value("kfac/w1/refreshed")).containsOnly(0);
      assertThat(together.graph.value("kfac/w2/refreshed")).containsOnly(0);
      assertThat(staggered.graph.value("kfac/w1/refreshed")).containsOnly(0);
      assertThat(staggered.graph.value("kfac/w2/refreshed")).containsOnly(2);
    }
  }

  @Test
  void aLayersOwnDampingReachesItsBlock() {
    KfacOptions stronger =
        probed().withLayer("w1", layer -> layer.withDamping(Damping.absolute(4)));
    try (Run plain = new Run(probed());
        Run overridden = new Run(stronger)) {
      plain.start(1);
      overridden.start(1);
      double[] full = plain.graph.value("kfac/w1/momentum");
      double[] damped = overridden.graph.value("kfac/w1/momentum");
      for (int i = 0; i < full.length; i++) {
        assertThat(damped[i]).isCloseTo(full[i] / 4, within(TOLERANCE));
      }
      assertThat(overridden.graph.value("kfac/w2/momentum"))
          .isEqualTo(plain.graph.value("kfac/w2/momentum"));
    }
  }

  @Test
  void aDampingIsNotAdaptedToABlockWithoutAProduct() {
    KfacOptions options = probed().withAdaptiveDamping(LevenbergMarquardt.within(0.1, 10));
    assertThatThrownBy(() -> new Run(options).close())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "expected a curvature block with a product for a damping that is adapted, found Probe of"
                + " layer 'w1'; implement product, or leave the adaptation out");
  }

  /** Forgets to keep the gradient's shape. */
  private record Sum<T extends TNumber>(CapturedLayer<T> layer) implements CurvatureBlock<T> {
    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return tf.reduceSum(gradient, tf.constant(0));
    }
  }

  @Test
  void aBlockThatChangesAShapeIsRejected() {
    KfacOptions options =
        probed().withApproximation(Approximation.of("sum", Damping.absolute(1), Sum::new));
    assertThatThrownBy(() -> new Run(options).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "expected a preconditioned gradient of shape [4, 4] for 'w1', found [4]; correct Sum");
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      GraphVariable<TFloat64> pair =
          graph.declare(TestGraph.Kind.RESOURCE, "pair", Shape.of(2), 0, 0);
      assertThatThrownBy(() -> new NewValue<>(pair, graph.constant(Shape.of(3), 1, 2, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "expected a new value of shape [2] for 'pair', found [3]; correct the curvature"
                  + " block");
    }
  }

  private static double[] values(SimpleMatrix matrix) {
    return matrix.getDDRM().getData();
  }

  /** A small network and its training step. */
  private static final class Run implements AutoCloseable {
    final TestGraph<TFloat64> graph = TestGraph.float64();
    final TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
    final Kfac optimizer;
    final Op train;

    Run(KfacOptions options) {
      optimizer = new Kfac(graph.graph, options);
      train = optimizer.minimize(mlp.loss);
    }

    @SuppressWarnings("unchecked") // the graph's variables are of this type
    List<CurvatureBlock<TFloat64>> blocks() {
      return ((TrainStep<TFloat64>) optimizer.step()).curvature().orElseThrow().blocks();
    }

    StepScalars<TFloat64> scalars() {
      Operand<TInt64> done = optimizer.stepsDone();
      return new StepScalars<>(graph.tf, done, done, TFloat64.class);
    }

    void start(int steps) {
      graph.start();
      for (int step = 0; step < steps; step++) {
        mlp.feedBatch(step, EXAMPLES);
        graph.run(train);
      }
    }

    /** A factor, square. */
    SimpleMatrix factor(int layer, String name) {
      double[] values = graph.value("kfac/w" + (layer + 1) + "/" + name);
      int size = (int) Math.round(Math.sqrt(values.length));
      return new SimpleMatrix(size, size, true, values);
    }

    @Override
    public void close() {
      graph.close();
    }
  }
}
