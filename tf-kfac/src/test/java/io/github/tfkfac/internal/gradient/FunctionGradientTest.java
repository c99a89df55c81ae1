package io.github.tfkfac.internal.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;

/** Graphs that bring derivatives along, made by hand. */
class FunctionGradientTest {

  /**
   * {@code y = x²} behind an IdentityN that says what its derivative is.
   *
   * @param named the function's name
   * @param captured names of tensors for the function
   */
  private static Output<TFloat64> marked(
      Ops tf, Operand<TFloat64> x, String named, List<String> captured) {
    AttrValue.ListValue.Builder captures = AttrValue.ListValue.newBuilder();
    captured.forEach(name -> captures.addS(ByteString.copyFromUtf8(name)));
    return tf.scope()
        .opBuilder("IdentityN", "IdentityN")
        .addInputList(new Output<?>[] {tf.math.square(x).asOutput(), x.asOutput()})
        .setAttr("T", new DataType[] {DataType.DT_DOUBLE, DataType.DT_DOUBLE})
        .setAttr("_gradient_op_type", named)
        .setAttr("_gradient_captures", AttrValue.newBuilder().setList(captures).build())
        .build()
        .output(0);
  }

  private static ConcreteFunction function(
      int arguments, Function<List<Operand<TFloat64>>, Function<Ops, Operand<TFloat64>>> body) {
    return ConcreteFunction.create(
        tf -> {
          Signature.Builder signature = Signature.builder("own_gradient");
          List<Operand<TFloat64>> given = new ArrayList<>();
          for (int i = 0; i < arguments; i++) {
            Placeholder<TFloat64> argument =
                tf.placeholder(TFloat64.class, Placeholder.shape(Shape.of(2)));
            given.add(argument);
            signature.input("argument" + i, argument);
          }
          return signature.output("gradient", body.apply(given).apply(tf)).build();
        });
  }

  private static double[] gradient(Graph graph, Operand<TFloat64> loss, Operand<TFloat64> target) {
    List<Output<?>> found =
        new Gradients(graph).add(List.of(loss.asOutput()), List.of(target.asOutput()));
    try (Session session = new Session(graph);
        TFloat64 value = (TFloat64) session.runner().fetch(found.get(0)).run().get(0)) {
      return new double[] {value.getDouble(0), value.getDouble(1)};
    }
  }

  @Test
  void theFunctionIsUsedAndNotTheDerivativeOfWhatIsComputed() {
    try (Graph graph = new Graph();
        ConcreteFunction reversal =
            function(2, given -> tf -> tf.math.neg(tf.math.add(given.get(0), given.get(1))))) {
      graph.attachFunction(reversal);
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(new double[] {3, -2});
      Output<TFloat64> y = marked(tf, x, reversal.getDefinedName(), List.of());
      Operand<TFloat64> loss = tf.sum(tf.math.mul(y, tf.constant(5.0)), tf.constant(0));

      assertThat(gradient(graph, loss, x)).containsExactly(-5, -5);
    }
  }

  @Test
  void capturedTensorsFollowTheGradients() {
    try (Graph graph = new Graph();
        ConcreteFunction scaled =
            function(3, given -> tf -> tf.math.mul(given.get(0), given.get(2)))) {
      graph.attachFunction(scaled);
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(new double[] {3, -2});
      Operand<TFloat64> factor = tf.withName("factor").constant(new double[] {10, 100});
      Output<TFloat64> y =
          marked(tf, x, scaled.getDefinedName(), List.of(factor.op().name() + ":0"));
      Operand<TFloat64> loss = tf.sum(y, tf.constant(0));

      assertThat(gradient(graph, loss, x)).containsExactly(10, 100);
    }
  }

  @Test
  void aFunctionThatIsNotThereIsNamed() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(new double[] {3, -2});
      Output<TFloat64> y = marked(tf, x, "CustomGradient-17", List.of());
      Operand<TFloat64> loss = tf.sum(y, tf.constant(0));

      assertThatThrownBy(() -> gradient(graph, loss, x))
          .isInstanceOf(GradientException.class)
          .hasMessageContainingAll("IdentityN 'IdentityN'", "'CustomGradient-17'", "freeze")
          .message()
          .doesNotContain("\n");
    }
  }

  @Test
  void aFunctionThatTakesOtherTensorsIsNamed() {
    try (Graph graph = new Graph();
        ConcreteFunction wide = function(3, given -> tf -> tf.math.neg(given.get(0)))) {
      graph.attachFunction(wide);
      Ops tf = Ops.create(graph);
      Operand<TFloat64> x = tf.constant(new double[] {3, -2});
      Output<TFloat64> y = marked(tf, x, wide.getDefinedName(), List.of());
      Operand<TFloat64> loss = tf.sum(y, tf.constant(0));

      assertThatThrownBy(() -> gradient(graph, loss, x))
          .isInstanceOf(GradientException.class)
          .hasMessageContainingAll(wide.getDefinedName(), "take 2 tensors", "found 3 and 1");
    }
  }
}
