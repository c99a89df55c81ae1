package example;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** A convolution, {@code features}, and dense layers {@code hidden} and {@code head}. */
final class Network {
  private Network() {}

  /** Logits of ten classes for images {@code [N, 28, 28, 1]}. */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> images) {
    Variable<TFloat32> filters = kernel(tf.withSubScope("features"), 16, 4, 4, 1, 4);
    Operand<TFloat32> maps =
        tf.nn.relu(tf.nn.conv2d(images, filters, List.of(1L, 4L, 4L, 1L), "SAME"));
    Operand<TFloat32> rows = tf.reshape(maps, tf.array(-1, 196));
    Operand<TFloat32> hidden = tf.nn.relu(dense(tf.withSubScope("hidden"), rows, 196, 32));
    return dense(tf.withSubScope("head"), hidden, 32, 10);
  }

  private static Operand<TFloat32> dense(Ops tf, Operand<TFloat32> x, int inputs, int outputs) {
    Variable<TFloat32> kernel = kernel(tf, inputs, inputs, outputs);
    Variable<TFloat32> bias = tf.withName("bias").variable(tf.constant(new float[outputs]));
    return tf.math.add(tf.linalg.matMul(x, kernel), bias);
  }

  private static Variable<TFloat32> kernel(Ops tf, long inputs, long... shape) {
    Operand<TFloat32> normal =
        tf.random.statelessRandomNormal(tf.constant(shape), tf.array(7L, inputs), TFloat32.class);
    Operand<TFloat32> deviation = tf.constant((float) Math.sqrt(2.0 / inputs));
    return tf.withName("kernel").variable(tf.math.mul(normal, deviation));
  }
}
