package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/** A classifier of images: what to build, without variables or a graph of its own. */
public interface Architecture {

  /** Short name, for instance {@code resnet20}. */
  String name();

  /**
   * Adds one pass of the network to a graph. Two calls with contexts of the same store share all
   * variables.
   *
   * <p><i>Shapes</i>: images {@code [N, H, W, C]} with known H, W and C; logits {@code [N,
   * classes]}.
   *
   * @param context the root of a training or an inference pass
   * @param images a batch of normalized images
   * @param classes number of classes
   */
  <T extends TNumber> Operand<T> logits(LayerContext<T> context, Operand<T> images, int classes);
}
