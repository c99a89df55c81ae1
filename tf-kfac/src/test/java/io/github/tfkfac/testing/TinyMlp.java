package io.github.tfkfac.testing;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.family.TNumber;

/**
 * Two dense layers with a tanh between them, and half the squared error, averaged over a batch of
 * any size.
 */
public final class TinyMlp<T extends TNumber> {

  public static final int INPUTS = 3;
  public static final int HIDDEN = 4;
  public static final int OUTPUTS = 2;

  /** Names of the variables in the order of their creation. */
  public static final List<String> VARIABLES = List.of("w1", "b1", "w2", "b2");

  private static final long SEED = 7;

  public final Placeholder<T> x;
  public final Placeholder<T> y;
  public final List<Operand<T>> reads;
  public final Operand<T> hidden;
  public final Operand<T> output;
  public final Operand<T> loss;

  private final TestGraph<T> graph;

  public TinyMlp(TestGraph<T> graph) {
    this(
        graph,
        List.of(
            graph.variable("w1", SEED, Shape.of(INPUTS, HIDDEN)),
            graph.variable("b1", SEED + 1, Shape.of(HIDDEN)),
            graph.variable("w2", SEED + 2, Shape.of(HIDDEN, OUTPUTS)),
            graph.variable("b2", SEED + 3, Shape.of(OUTPUTS))));
  }

  /** The network on variables that were read before. */
  public TinyMlp(TestGraph<T> graph, List<Operand<T>> reads) {
    this.graph = graph;
    this.reads = reads;
    Ops tf = graph.tf;
    x = graph.input(Shape.of(-1, INPUTS));
    y = graph.input(Shape.of(-1, OUTPUTS));
    hidden = tf.math.tanh(tf.nn.biasAdd(tf.linalg.matMul(x, reads.get(0)), reads.get(1)));
    output = tf.nn.biasAdd(tf.linalg.matMul(hidden, reads.get(2)), reads.get(3));
    loss = meanHalfSquare(tf.math.sub(output, y));
  }

  /** Half the squared error, averaged over the first dimension. */
  private Operand<T> meanHalfSquare(Operand<T> error) {
    Ops tf = graph.tf;
    Operand<T> examples =
        tf.dtypes.cast(tf.gather(tf.shape(x), tf.constant(0), tf.constant(0)), graph.type);
    return tf.math.div(graph.halfSquare(error), examples);
  }

  /** Feeds a random batch. */
  public void feedBatch(long seed, int examples) {
    feed(inputs(seed, examples), targets(seed, examples));
  }

  /** Feeds inputs and targets; the number of examples follows from them. */
  public void feed(double[] inputs, double[] targets) {
    graph.feed(x, Shape.of(inputs.length / INPUTS, INPUTS), inputs);
    graph.feed(y, Shape.of(targets.length / OUTPUTS, OUTPUTS), targets);
  }

  /** The inputs of a random batch. */
  public static double[] inputs(long seed, int examples) {
    return TestGraph.random(1000 + seed, (long) examples * INPUTS);
  }

  /** The targets of a random batch. */
  public static double[] targets(long seed, int examples) {
    return TestGraph.random(2000 + seed, (long) examples * OUTPUTS);
  }

  /** A batch's inputs with one entry replaced. */
  public static double[] withEntry(double[] values, int index, double entry) {
    double[] copy = Arrays.copyOf(values, values.length);
    copy[index] = entry;
    return copy;
  }
}
