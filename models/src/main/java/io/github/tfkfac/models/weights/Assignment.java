package io.github.tfkfac.models.weights;

import io.github.tfkfac.models.layer.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Values from the host for variables of a session, set all at once. */
final class Assignment<T extends TNumber> implements AutoCloseable {

  private final Ops tf;
  private final Session.Runner runner;
  private final List<TNumber> tensors = new ArrayList<>();

  Assignment(Session session) {
    this.tf = Ops.create(session.graph()).withSubScope("import");
    this.runner = session.runner();
  }

  void add(Parameter<T> parameter, double[] values) {
    Class<T> type = parameter.variable().type();
    Placeholder<T> placeholder = tf.placeholder(type, Placeholder.shape(parameter.shape()));
    T tensor = tensor(type, parameter.shape(), values);
    tensors.add(tensor);
    runner.feed(placeholder, tensor).addTarget(tf.assign(parameter.variable(), placeholder));
  }

  void run() {
    runner.run().close();
  }

  @Override
  public void close() {
    tensors.forEach(TNumber::close);
  }

  private T tensor(Class<T> type, Shape shape, double[] values) {
    if (type.equals(TFloat64.class)) {
      return type.cast(TFloat64.tensorOf(shape, DataBuffers.of(values, true, false)));
    }
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return type.cast(TFloat32.tensorOf(shape, DataBuffers.of(rounded, true, false)));
  }
}
