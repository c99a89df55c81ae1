package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import java.util.List;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.family.TNumber;

/**
 * The orthonormal coordinates of a layer's weight matrix in which its Fisher block is taken as
 * diagonal.
 *
 * <p><i>Shapes</i>: {@code [d, d]} or {@code [groups, d, d]}, one eigenvector per column. A side
 * without eigenvectors keeps its own coordinates, as a factor that is diagonal or the identity asks
 * for.
 *
 * @param input eigenvectors of the input factor, {@code Q_A}
 * @param output eigenvectors of the output-gradient factor, {@code Q_G}
 */
public record Eigenbasis<T extends TNumber>(
    Optional<Operand<T>> input, Optional<Operand<T>> output) {

  /** Eigenvectors of both factors. */
  public static <T extends TNumber> Eigenbasis<T> of(Operand<T> input, Operand<T> output) {
    return new Eigenbasis<>(Optional.of(input), Optional.of(output));
  }

  /**
   * Reason why a layer's Fisher block cannot be taken as diagonal in the eigenbasis of its factors;
   * empty when it can.
   *
   * @param input the structure that is kept of the input factor
   * @param output the structure that is kept of the output-gradient factor
   */
  public static Optional<String> obstacle(
      LayerSite<?> site, FactorStructure input, FactorStructure output) {
    for (FactorStructure structure : List.of(input, output)) {
      if (structure instanceof FactorStructure.Blocks) {
        return Optional.of(
            "layer '%s' has a factor in blocks along the diagonal, an eigenbasis needs a full or a diagonal one"
                .formatted(site.name()));
      }
    }
    boolean known =
        site.kind() instanceof LayerKind.Dense
            || site.kind() instanceof LayerKind.Convolution
            || site.kind() instanceof LayerKind.GroupedConvolution
            || site.kind() instanceof LayerKind.DepthwiseConvolution
            || site.kind() instanceof LayerKind.Embedding;
    if (!known) {
      return Optional.of(
          "layer '%s' is of the kind %s, whose gradients per example are not computed"
              .formatted(site.name(), site.label()));
    }
    long[] batches =
        site.uses().stream()
            .mapToLong(Eigenbasis::batch)
            .filter(size -> size != Shape.UNKNOWN_SIZE)
            .distinct()
            .toArray();
    if (batches.length > 1) {
      return Optional.of(
          "layer '%s' is used on batches of %d and of %d examples, gradients per example cannot be added up"
              .formatted(site.name(), batches[0], batches[1]));
    }
    return Optional.empty();
  }

  private static long batch(LayerUse use) {
    Shape shape = use.rows();
    return shape.isUnknown() ? Shape.UNKNOWN_SIZE : shape.get(0);
  }
}
