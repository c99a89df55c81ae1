package example;

import io.github.tfkfac.Approximation;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.extension.CapturedLayer;
import io.github.tfkfac.extension.CurvatureBlock;
import io.github.tfkfac.extension.Damping;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.extension.LayerBatch;
import io.github.tfkfac.extension.NewValue;
import io.github.tfkfac.extension.StepScalars;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/** A curvature approximation of the user: one variable per layer, and its use. */
public final class OwnCurvatureBlock {
  private OwnCurvatureBlock() {}

  /** Adagrad: {@code s ← s + ∇²}, {@code V = ∇ / (√s + λ)}. */
  record Adagrad<T extends TNumber>(CapturedLayer<T> layer, GraphVariable<T> s)
      implements CurvatureBlock<T> {
    Adagrad(CapturedLayer<T> layer) {
      this(layer, layer.variable("squares", layer.matrixShape(), 0));
    }

    @Override
    public List<NewValue<T>> update(Ops tf, LayerBatch<T> batch) {
      Operand<T> square = tf.math.square(batch.gradient(tf));
      return List.of(new NewValue<>(s, tf.math.add(s.read(tf), square)));
    }

    @Override
    public Operand<T> precondition(Ops tf, Operand<T> gradient, StepScalars<T> step) {
      return tf.math.div(gradient, tf.math.add(tf.math.sqrt(s.read(tf)), layer.damping(step)));
    }
  }

  /** K-FAC's frame, with the KL clip, around it. */
  static KfacOptions options() {
    var adagrad = Approximation.of("Adagrad", Damping.absolute(0.5), Adagrad::new);
    return KfacOptions.kfac().withPeriods(1, 1).withApproximation(adagrad);
  }

  public static void main(String[] arguments) {
    System.out.println("losses " + train());
  }

  static List<Float> train() {
    try (DigitsModel model = new DigitsModel()) {
      Kfac optimizer = new Kfac(model.graph, options().withLearningRate(0.1));
      return model.train(optimizer.minimize(model.loss), 40);
    }
  }
}
