package io.github.tfkfac.internal.gradient;

import io.github.tfkfac.testing.TestGraph;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

/**
 * A network whose middle is under test: two dense layers before it, a residual connection around
 * it, a dense layer behind it, and weight decay in the loss.
 */
final class SmallModel implements AutoCloseable {

  static final Shape INPUT = Shape.of(4, 3);
  static final int WIDTH = 6;

  /** What is put into the middle, from and to {@code [4, 6]}. */
  @FunctionalInterface
  interface Middle {
    Operand<TFloat64> apply(Ops tf, Operand<TFloat64> value);
  }

  final TestGraph<TFloat64> graph;
  final Placeholder<TFloat64> input;
  final Operand<TFloat64> output;
  final Operand<TFloat64> loss;
  final List<Output<?>> weights;

  SmallModel(TestGraph.Kind kind, Middle middle) {
    graph = new TestGraph<>(TFloat64.class, kind);
    Ops tf = graph.tf;
    input = graph.input(INPUT);
    Operand<TFloat64> first = graph.variable("first/kernel", 1, Shape.of(3, WIDTH));
    Operand<TFloat64> bias = graph.variable("bias", 2, Shape.of(WIDTH));
    Operand<TFloat64> second = graph.variable("second/kernel", 3, Shape.of(WIDTH, WIDTH));
    Operand<TFloat64> last = graph.variable("last/kernel", 4, Shape.of(WIDTH, 2));
    Operand<TFloat64> hidden = tf.math.tanh(tf.nn.biasAdd(tf.linalg.matMul(input, first), bias));
    Operand<TFloat64> before = tf.linalg.matMul(hidden, second);
    Operand<TFloat64> after = tf.math.add(before, tf.math.mul(hidden, middle.apply(tf, before)));
    output = tf.linalg.matMul(after, last);
    Operand<TFloat64> decay = tf.math.mul(tf.nn.l2Loss(second), tf.constant(0.1));
    loss = tf.math.add(graph.halfSquare(output), decay);
    weights = List.of(first.asOutput(), bias.asOutput(), second.asOutput(), last.asOutput());
  }

  void start() {
    graph.start();
    graph.feed(input, INPUT, TestGraph.random(9, INPUT.size()));
  }

  @Override
  public void close() {
    graph.close();
  }
}
