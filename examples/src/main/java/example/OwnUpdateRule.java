package example;

import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.UpdateRule;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** NKFAC whose preconditioned gradient is applied by a rule of the user. */
public final class OwnUpdateRule {
  private OwnUpdateRule() {}

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

  public static void main(String[] arguments) {
    System.out.println("losses " + train());
  }

  static List<Float> train() {
    KfacOptions options = KfacOptions.nkfac().withRule(new Sign()).withLearningRate(0.01);
    try (DigitsModel model = new DigitsModel()) {
      return model.train(new Kfac(model.graph, options).minimize(model.loss), 40);
    }
  }
}
