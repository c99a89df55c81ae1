package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * A deep autoencoder of sigmoid units: dense layers {@code encoder0}, {@code encoder1}, … down to a
 * linear code, and {@code decoder0}, … back to the inputs' number, the last of which gives logits
 * of Bernoulli targets. Source: the curves, MNIST and faces autoencoders of Hinton and
 * Salakhutdinov (2006), on which Martens and Grosse (2015, section 13) test K-FAC, with Martens's
 * (2010) sparse start of 15 connections a unit: from dense starts first-order methods stay at the
 * mean image for long.
 *
 * <p><i>Shapes</i>: input and logits {@code [N, inputs]}.
 *
 * @param units of the encoder's layers; the last is the code
 */
public record Autoencoder(List<Integer> units) {

  private static final int CONNECTIONS = 15;

  public Autoencoder {
    units = List.copyOf(units);
    if (units.isEmpty() || units.stream().anyMatch(count -> count <= 0)) {
      throw new IllegalArgumentException(
          "expected a positive number of units in every layer of an autoencoder's encoder, found "
              + units);
    }
  }

  /** Short name, for instance {@code autoencoder-1000-500-250-30}. */
  public String name() {
    return "autoencoder-" + String.join("-", units.stream().map(String::valueOf).toList());
  }

  /** Adds one pass of the network to a graph. */
  public <T extends TNumber> Operand<T> build(LayerContext<T> context, Operand<T> input) {
    Operand<T> activation = input;
    int last = units.size() - 1;
    for (int i = 0; i <= last; i++) {
      activation = dense(context.in("encoder" + i), activation, units.get(i));
      activation = i < last ? context.tf().math.sigmoid(activation) : activation;
    }
    for (int i = 0; i < last; i++) {
      activation =
          context
              .tf()
              .math
              .sigmoid(dense(context.in("decoder" + i), activation, units.get(last - 1 - i)));
    }
    return dense(context.in("decoder" + last), activation, (int) input.shape().get(1));
  }

  private static <T extends TNumber> Operand<T> dense(
      LayerContext<T> context, Operand<T> input, int units) {
    return new Dense(units).withInitializer(Initializer.sparse(CONNECTIONS)).apply(context, input);
  }
}
