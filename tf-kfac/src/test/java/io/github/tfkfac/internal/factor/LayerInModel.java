package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.testing.NkfacOracle.matrix;

import io.github.tfkfac.Averaging;
import io.github.tfkfac.Fisher;
import io.github.tfkfac.PredictiveDistribution;
import io.github.tfkfac.extension.FisherTap;
import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.capture.FisherPass;
import io.github.tfkfac.testing.CapturedLayers;
import io.github.tfkfac.testing.TestGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.simple.SimpleMatrix;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.types.TFloat64;

/**
 * Layers of one kind in a model with three outputs and a squared error, and their Fisher blocks.
 */
final class LayerInModel implements AutoCloseable {

  enum Kind {
    DENSE(Shape.of(4), 3),
    TRANSPOSED(Shape.of(4), 3),
    SEQUENCE(Shape.of(2, 4), 6),
    CONVOLUTION(Shape.of(4, 3, 2), 24),
    STRIDED(Shape.of(5, 4, 2), 12),
    DEPTHWISE(Shape.of(4, 3, 2), 48),
    SHARED(Shape.of(4), 3),
    LINEAR_NETWORK(Shape.of(4), 2);

    @SuppressWarnings("ImmutableEnumChecker") // shapes do not change
    final Shape input;

    final int outputs;

    Kind(Shape input, int outputs) {
      this.input = input;
      this.outputs = outputs;
    }
  }

  static final int OUTPUTS = 3;

  final TestGraph<TFloat64> graph = TestGraph.float64();
  final Placeholder<TFloat64> x;
  final Placeholder<TFloat64> y;
  final Operand<TFloat64> z;
  final CapturedLayers<TFloat64> layers;

  private final Kind kind;
  private double[] inputs = {};
  private double[] targets = {};

  LayerInModel(Kind kind) {
    this.kind = kind;
    Ops tf = graph.tf;
    x = graph.input(Shape.of(-1).append(kind.input));
    y = graph.input(Shape.of(-1, OUTPUTS));
    Operand<TFloat64> flat = tf.reshape(layer(tf), tf.array(-1, kind.outputs));
    double[] mixing = TestGraph.random(9, (long) kind.outputs * OUTPUTS);
    z = tf.linalg.matMul(flat, graph.constant(Shape.of(kind.outputs, OUTPUTS), mixing));
    Operand<TFloat64> examples =
        tf.dtypes.cast(tf.gather(tf.shape(x), tf.constant(0), tf.constant(0)), TFloat64.class);
    layers =
        new CapturedLayers<>(graph, tf.math.div(graph.halfSquare(tf.math.sub(z, y)), examples));
  }

  private Operand<TFloat64> layer(Ops tf) {
    List<Long> once = List.of(1L, 1L, 1L, 1L);
    return switch (kind) {
      case DENSE -> tf.math.tanh(biased(tf.linalg.matMul(x, weight(4, 3)), 3));
      case TRANSPOSED ->
          tf.math.tanh(
              biased(
                  tf.linalg.matMul(
                      tf.linalg.transpose(x, tf.array(1, 0)),
                      weight(3, 4),
                      org.tensorflow.op.linalg.MatMul.transposeA(true),
                      org.tensorflow.op.linalg.MatMul.transposeB(true)),
                  3));
      case SEQUENCE ->
          tf.math.tanh(biased(tf.linalg.einsum(List.of(x, weight(4, 3)), "ntd,de->nte"), 3));
      case CONVOLUTION ->
          tf.math.tanh(biased(tf.nn.conv2d(x, weight(3, 3, 2, 2), once, "SAME"), 2));
      case STRIDED ->
          tf.math.tanh(tf.nn.conv2d(x, weight(2, 2, 2, 3), List.of(1L, 2L, 2L, 1L), "VALID"));
      case DEPTHWISE ->
          tf.math.tanh(
              biased(
                  tf.nn.depthwiseConv2dNative(
                      x, weight(3, 3, 2, 2), once, "SAME", new DepthwiseConv2dNative.Options[0]),
                  4));
      case SHARED -> {
        Operand<TFloat64> w = weight(4, 4);
        yield tf.linalg.matMul(
            tf.math.tanh(tf.linalg.matMul(tf.math.tanh(tf.linalg.matMul(x, w)), w)),
            graph.constant(Shape.of(4, 3), TestGraph.random(8, 12)));
      }
      case LINEAR_NETWORK ->
          biased(tf.linalg.matMul(biased(tf.linalg.matMul(x, weight(4, 3)), 3), weight(3, 2)), 2);
    };
  }

  private Operand<TFloat64> weight(long... shape) {
    String name = "w" + shape[shape.length - 2] + shape[shape.length - 1];
    return graph.variable(name, 1, Shape.of(shape));
  }

  private Operand<TFloat64> biased(Operand<TFloat64> output, int width) {
    return graph.tf.nn.biasAdd(output, graph.variable("b" + width, 2, Shape.of(width)));
  }

  FisherTap<TFloat64> tap(Fisher fisher) {
    return taps(fisher).get(0);
  }

  List<FisherTap<TFloat64>> taps(Fisher fisher) {
    return FisherPass.build(
            graph.graph,
            graph.tf,
            fisher,
            layers.taps,
            List.of(PredictiveDistribution.gaussian(z, 1, Averaging.EXAMPLES)),
            graph.tf.constant(true),
            graph.tf.constant(0L))
        .taps();
  }

  void feedBatch(int examples) {
    inputs = TestGraph.random(21, examples * kind.input.size());
    targets = TestGraph.random(22, (long) examples * OUTPUTS);
    feed(inputs, targets);
  }

  private void feed(double[] batch, double[] batchTargets) {
    int examples = batchTargets.length / OUTPUTS;
    graph.feed(x, Shape.of(examples).append(kind.input), batch);
    graph.feed(y, Shape.of(examples, OUTPUTS), batchTargets);
  }

  /**
   * The loss's gradients for a layer's weights, one matrix per example (and per target, for the
   * exact Fisher, scaled so that the outer products over targets add up to the expectation), each
   * from a batch of that example alone.
   */
  List<double[]> gradientsPerExample(LayerSite<TFloat64> site, Fisher fisher) {
    Operand<TFloat64> gradient = layers.weightGradient(site);
    double[] outputs = graph.fetch(z);
    int examples = outputs.length / OUTPUTS;
    int size = inputs.length / examples;
    List<double[]> gradients = new ArrayList<>();
    for (int n = 0; n < examples; n++) {
      double[] example = Arrays.copyOfRange(inputs, n * size, (n + 1) * size);
      if (fisher instanceof Fisher.Empirical) {
        feed(example, Arrays.copyOfRange(targets, n * OUTPUTS, (n + 1) * OUTPUTS));
        gradients.add(graph.fetch(gradient));
        continue;
      }
      for (int k = 0; k < OUTPUTS; k++) {
        double[] target = Arrays.copyOfRange(outputs, n * OUTPUTS, (n + 1) * OUTPUTS);
        target[k] += 1;
        feed(example, target);
        gradients.add(graph.fetch(gradient));
      }
    }
    feed(inputs, targets);
    return gradients;
  }

  /** The Fisher blocks of a layer's groups, {@code (1/N) Σ vec(∇) vec(∇)ᵀ}. */
  List<SimpleMatrix> blocks(LayerSite<TFloat64> site, Fisher fisher) {
    int entries = site.inputSize() * site.outputSize();
    List<SimpleMatrix> blocks = new ArrayList<>();
    for (int block = 0; block < site.blocks(); block++) {
      blocks.add(new SimpleMatrix(entries, entries));
    }
    int examples = targets.length / OUTPUTS;
    for (double[] gradient : gradientsPerExample(site, fisher)) {
      for (int block = 0; block < site.blocks(); block++) {
        SimpleMatrix vector =
            matrix(
                entries, 1, Arrays.copyOfRange(gradient, block * entries, (block + 1) * entries));
        blocks.set(block, blocks.get(block).plus(vector.mult(vector.transpose()).divide(examples)));
      }
    }
    return blocks;
  }

  /** The matrices of a stack. */
  static List<SimpleMatrix> stack(int count, int rows, int columns, double[] values) {
    List<SimpleMatrix> matrices = new ArrayList<>();
    int size = rows * columns;
    for (int i = 0; i < count; i++) {
      matrices.add(matrix(rows, columns, Arrays.copyOfRange(values, i * size, (i + 1) * size)));
    }
    return matrices;
  }

  /** A and G of a layer's groups in the scale of K-FAC. */
  List<Kronecker> factors(LayerSite<TFloat64> site, SecondMoments<TFloat64> moments) {
    List<double[]> values = graph.fetch(Evaluation.flat(moments));
    double rows = values.get(2)[0];
    double examples = values.get(3)[0];
    List<SimpleMatrix> a = stack(site.blocks(), site.inputSize(), site.inputSize(), values.get(0));
    List<SimpleMatrix> g =
        stack(site.blocks(), site.outputSize(), site.outputSize(), values.get(1));
    List<Kronecker> factors = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      factors.add(
          new Kronecker(a.get(i).divide(examples), g.get(i).scale(examples * examples / rows)));
    }
    return factors;
  }

  /** The factors of a block. */
  record Kronecker(SimpleMatrix a, SimpleMatrix g) {

    SimpleMatrix product() {
      return a.kron(g);
    }
  }

  @Override
  public void close() {
    graph.close();
  }
}
