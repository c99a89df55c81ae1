package io.github.tfkfac.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.AvgPool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** The small networks of the reference trajectories, in plain TensorFlow-Java operations. */
public final class FixtureNetwork<T extends TNumber> {

  public final Placeholder<T> images;
  public final Placeholder<TInt32> labels;
  public final Operand<T> loss;
  public final Map<String, Variable<T>> variables = new LinkedHashMap<>();

  private final Ops tf;
  private final NpzFixture fixture;
  private final Class<T> type;

  public FixtureNetwork(Ops tf, NpzFixture fixture, String name, Class<T> type) {
    this.tf = tf;
    this.fixture = fixture;
    this.type = type;
    Shape batchOfAnySize =
        fixture.get("x").shape().subShape(1, fixture.get("x").shape().numDimensions());
    this.images =
        tf.placeholder(
            type,
            Placeholder.shape(
                Shape.of(-1).append(batchOfAnySize.subShape(1, batchOfAnySize.numDimensions()))));
    this.labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    Operand<T> logits =
        switch (name) {
          case "mlp" ->
              dense("dense3", tf.nn.relu(dense("dense2", tf.nn.relu(dense("dense1", images)))));
          case "ada_mlp" -> dense("dense2", tf.nn.relu(dense("dense1", images)));
          case "cnn" -> cnn();
          case "kfac_eigen", "kfac_tikhonov", "two_level_eigen" ->
              dense("dense3", tf.math.tanh(dense("dense2", tf.math.tanh(dense("dense1", images)))));
          case "two_level_tikhonov" ->
              dense("dense3", tf.nn.relu(dense("dense2", tf.nn.relu(dense("dense1", images)))));
          default -> throw new IllegalArgumentException(name);
        };
    int classes = Math.toIntExact(logits.shape().get(1));
    Operand<T> oneHot =
        tf.oneHot(labels, tf.constant(classes), tf.constant(type, 1), tf.constant(type, 0));
    this.loss =
        tf.math.neg(
            tf.math.mean(
                tf.reduceSum(tf.math.mul(oneHot, tf.nn.logSoftmax(logits)), tf.constant(1)),
                tf.constant(0)));
  }

  private Operand<T> cnn() {
    Operand<T> first = tf.nn.relu(convolution("conv1", images, true));
    Operand<T> second = convolution("conv2", first, false);
    Operand<T> pooled =
        tf.nn.avgPool(
            tf.nn.relu(batchNorm("bn", second)),
            List.of(1L, 2L, 2L, 1L),
            List.of(1L, 2L, 2L, 1L),
            "VALID",
            new AvgPool.Options[0]);
    Operand<T> third = tf.nn.relu(convolution("conv3", pooled, true));
    return dense("dense", tf.math.mean(third, tf.constant(new int[] {1, 2})));
  }

  private Operand<T> dense(String layer, Operand<T> input) {
    return tf.nn.biasAdd(
        tf.linalg.matMul(input, variable(layer + ".weight")), variable(layer + ".bias"));
  }

  private Operand<T> convolution(String layer, Operand<T> input, boolean bias) {
    Operand<T> output =
        tf.nn.conv2d(input, variable(layer + ".weight"), List.of(1L, 1L, 1L, 1L), "SAME");
    return bias ? tf.nn.biasAdd(output, variable(layer + ".bias")) : output;
  }

  private Operand<T> batchNorm(String layer, Operand<T> input) {
    Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
    Operand<T> mean = tf.math.mean(input, axes);
    Operand<T> centered = tf.math.sub(input, mean);
    Operand<T> variance = tf.math.mean(tf.math.square(centered), axes);
    Operand<T> normal =
        tf.math.mul(centered, tf.math.rsqrt(tf.math.add(variance, tf.constant(type, 1e-3))));
    return tf.math.add(tf.math.mul(normal, variable(layer + ".gamma")), variable(layer + ".beta"));
  }

  private Operand<T> variable(String name) {
    NpzFixture.Array start = fixture.get("init/" + name);
    Variable<T> variable = tf.withName(name).variable(start.shape(), type);
    variables.put(name, variable);
    Ops init = tf.withInitScope();
    init.assign(
        variable,
        init.reshape(
            init.dtypes.cast(init.constant(start.values()), type), init.constant(start.shape())));
    return tf.identity(variable);
  }
}
