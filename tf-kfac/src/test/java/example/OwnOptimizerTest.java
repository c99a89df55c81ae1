package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.Schedule;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.NormControl;
import io.github.tfkfac.extension.UpdateRule;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** An optimizer of a user: KFAC* whose directions are moved by Lion (Chen et al. 2023). */
class OwnOptimizerTest {

  private static final int STEPS = 30;

  record Lion(Schedule look, Schedule keep) implements UpdateRule {
    @Override
    public List<String> slots() {
      return List.of("momentum");
    }

    @Override
    public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
      Operand<T> old = context.slot(0);
      Operand<T> sign = tf.math.sign(mix(tf, context, old, look));
      Operand<T> moved = tf.math.mul(context.learningRate(), sign);
      return new Result<>(
          tf.math.sub(context.decayedWeight(tf), moved), List.of(mix(tf, context, old, keep)));
    }

    private static <T extends TNumber> Operand<T> mix(
        Ops tf, Context<T> context, Operand<T> old, Schedule share) {
      Operand<T> change = tf.math.sub(old, context.direction());
      return tf.math.add(context.direction(), tf.math.mul(change, context.at(share)));
    }
  }

  private static KfacOptions kfacLion(double learningRate) {
    return KfacOptions.kfacStar()
        .withLearningRate(learningRate)
        .withPeriods(1, 5)
        .withRule(new Lion(Schedule.constant(0.9), Schedule.constant(0.99)))
        .withWeightDecay(0.01)
        .withDamping(Damping.factoredTikhonov(0.1))
        .withNormControl(NormControl.none());
  }

  @Test
  void anOptimizerOfThirtyLinesTrains() {
    double rate = 0.02;
    try (TestGraph<TFloat64> graph = TestGraph.float64()) {
      TinyMlp<TFloat64> mlp = new TinyMlp<>(graph);
      Kfac optimizer = new Kfac(graph.graph, kfacLion(rate));
      Op train = optimizer.minimize(mlp.loss);
      graph.start();
      mlp.feedBatch(1, 16);
      double first = graph.fetch(mlp.loss)[0];
      double[] start = graph.value("w1");
      graph.run(train);
      double[] moved = graph.value("w1");
      for (int i = 0; i < start.length; i++) {
        assertThat(Math.abs(moved[i] - start[i] * (1 - rate * 0.01)))
            .as("step of entry %d", i)
            .isBetween(rate * (1 - 1e-9), rate * (1 + 1e-9));
      }
      graph.run(train, STEPS - 1);
      assertThat(graph.fetch(mlp.loss)[0]).isLessThan(0.8 * first);
      assertThat(graph.value("kfac/w1/momentum")).hasSize(start.length);
      assertThat(optimizer.health(graph.session()).isSound()).isTrue();
    }
  }
}
