package io.github.tfkfac.internal.optimizer;

import io.github.tfkfac.testing.NkfacOracle;
import io.github.tfkfac.testing.TestGraph;
import io.github.tfkfac.testing.TinyMlp;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.tensorflow.types.TFloat64;

/** The Kronecker factors of a batch of the small network, from formulas. */
final class MlpFactors {

  /** In the order of {@link #of}. */
  static final List<String> NAMES = List.of("w1/A", "w1/G", "w2/A", "w2/G");

  private MlpFactors() {}

  /** From the layers' inputs and hand-made gradients of each example of a random batch. */
  static List<SimpleMatrix> of(
      TestGraph<TFloat64> graph, TinyMlp<TFloat64> mlp, long seed, int examples) {
    SimpleMatrix x = rows(TinyMlp.inputs(seed, examples), TinyMlp.INPUTS);
    SimpleMatrix y = rows(TinyMlp.targets(seed, examples), TinyMlp.OUTPUTS);
    SimpleMatrix hidden = rows(graph.fetch(mlp.hidden), TinyMlp.HIDDEN);
    SimpleMatrix second = rows(graph.fetch(mlp.output), TinyMlp.OUTPUTS).minus(y);
    SimpleMatrix slope = hidden.elementMult(hidden).scale(-1).plus(1);
    SimpleMatrix first =
        second.mult(rows(graph.value("w2"), TinyMlp.OUTPUTS).transpose()).elementMult(slope);
    return List.of(
        meanOuterProduct(NkfacOracle.withOnes(x)),
        meanOuterProduct(first),
        meanOuterProduct(NkfacOracle.withOnes(hidden)),
        meanOuterProduct(second));
  }

  private static SimpleMatrix meanOuterProduct(SimpleMatrix rows) {
    return rows.transpose().mult(rows).divide(rows.getNumRows());
  }

  private static SimpleMatrix rows(double[] values, int columns) {
    return new SimpleMatrix(values.length / columns, columns, true, values);
  }
}
