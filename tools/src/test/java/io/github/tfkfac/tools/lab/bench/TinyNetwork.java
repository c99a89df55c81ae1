package io.github.tfkfac.tools.lab.bench;

import io.github.tfkfac.models.arch.Mlp;
import io.github.tfkfac.models.data.ImageShape;
import io.github.tfkfac.models.layer.SoftmaxCrossEntropy;
import io.github.tfkfac.models.train.ClassifierSpec;
import org.tensorflow.types.TFloat32;

/** A classifier that takes no time. */
final class TinyNetwork {
  static final ClassifierSpec<TFloat32> SPEC =
      new ClassifierSpec<>(
          new Mlp(6), new ImageShape(4, 4, 1), 3, TFloat32.class, 1, new SoftmaxCrossEntropy());

  private TinyNetwork() {}
}
