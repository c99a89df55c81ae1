package example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.UpdateRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** NKFAC whose preconditioned gradient is applied by a custom rule. */
class SignDescentTest {

  /** {@code w ← w − lr · sign(v)} for the preconditioned gradient v. */
  record Sign() implements UpdateRule {
    @Override
    public List<String> slots() {
      return List.of();
    }

    @Override
    public <T extends TNumber> Result<T> apply(Ops tf, Context<T> context) {
      Operand<T> step = tf.math.mul(context.learningRate(), tf.math.sign(context.direction()));
      return new Result<>(tf.math.sub(context.weight(), step), List.of());
    }
  }

  @Test
  void aCustomRuleTrains() {
    KfacOptions options = KfacOptions.nkfac().withRule(new Sign()).withLearningRate(0.02);
    try (Circle circle = new Circle()) {
      float[] losses = circle.firstAndLast(new Kfac(circle.graph, options).minimize(circle.loss));
      assertThat(losses[1]).isLessThan(0.5f * losses[0]);
    }
  }
}
