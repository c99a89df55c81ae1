package io.github.tfkfac.models.savedmodel;

import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/** Runs networks. */
final class Outputs {

  private Outputs() {}

  /** The rows of a network's output that belong to its reference examples. */
  static double[] of(Session session, LoadedModel model, RealModel real, TFloat32 images) {
    return of(session, model.input(real.input), images, model.output(real.output), 160);
  }

  static double[] of(
      Session session, Operand<?> input, TFloat32 images, Operand<?> output, int values) {
    try (Result result = session.runner().feed(input, images).fetch(output).run()) {
      TFloat32 tensor = (TFloat32) result.get(0);
      double[] found = new double[values];
      for (int i = 0; i < values; i++) {
        found[i] = tensor.asRawTensor().data().asFloats().getFloat(i);
      }
      return found;
    }
  }
}
