package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A multilayer perceptron with rectified linear units: dense layers {@code dense0}, {@code dense1},
 * … and {@code linear} for the logits.
 *
 * @param hidden units of each hidden layer, may be empty
 */
public record Mlp(List<Integer> hidden) implements Architecture {

  public Mlp {
    hidden = List.copyOf(hidden);
    if (hidden.stream().anyMatch(units -> units <= 0)) {
      throw new IllegalArgumentException(
          "expected a positive number of units in every hidden layer of an MLP, found " + hidden);
    }
  }

  /** A perceptron with these numbers of units in its hidden layers. */
  public Mlp(Integer... hidden) {
    this(List.of(hidden));
  }

  @Override
  public String name() {
    return "mlp";
  }

  @Override
  public <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> images, int classes) {
    Operand<T> activation = images;
    for (int i = 0; i < hidden.size(); i++) {
      Dense dense = new Dense(hidden.get(i)).withInitializer(Initializer.heNormal());
      activation = context.tf().nn.relu(dense.apply(context.in("dense" + i), activation));
    }
    return new Dense(classes).apply(context.in("linear"), activation);
  }
}
