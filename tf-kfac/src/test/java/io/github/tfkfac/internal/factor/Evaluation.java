package io.github.tfkfac.internal.factor;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.factor.LayerMoments.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TNumber;

/** Runs a graph function once on given arrays, without TensorFlow's graph optimizer. */
@SuppressWarnings("ArrayRecordComponent")
final class Evaluation {

  private static final ConfigProto AS_BUILT =
      ConfigProto.newBuilder()
          .setGraphOptions(
              GraphOptions.newBuilder()
                  .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
          .build();

  private Evaluation() {}

  /** An array to feed: its real shape and what of it is known when the graph is built. */
  record Input(double[] values, Shape shape, Shape declared) {
    static Input of(double[] values, long... shape) {
      return new Input(values, Shape.of(shape), Shape.of(shape));
    }

    static Input of(BruteForce.Image image) {
      return of(image.values(), image.examples(), image.height(), image.width(), image.channels());
    }

    Input declaredAs(Shape declared) {
      return new Input(values, shape, declared);
    }
  }

  /** What the moments of a layer evaluate to. */
  record Moments(double[] inputSum, double[] gradientSum, double rows, double examples) {}

  static Moments moments(LayerMoments layer, Input input, Input gradient) {
    return moments(TFloat64.class, layer, input, gradient);
  }

  static <T extends TNumber> Moments moments(
      Class<T> type, LayerMoments layer, Input input, Input gradient) {
    return toMoments(
        evaluate(
            type,
            List.of(input, gradient),
            (tf, operands) -> flat(full(tf, layer, operands.get(0), operands.get(1)))));
  }

  /** The sums in full. */
  static <T extends TNumber> SecondMoments<T> full(
      Ops tf, LayerMoments layer, Operand<T> input, Operand<T> gradient) {
    return layer.of(tf, input, gradient, new Kept(inputStructure(layer), outputStructure(layer)));
  }

  /** All entries of the sum over input rows. */
  static FactorStructure inputStructure(LayerMoments layer) {
    if (layer instanceof ConvolutionMoments moments) {
      return new Full(moments.geometry().patchSize() + moments.bias().entries());
    }
    if (layer instanceof GroupedMoments moments) {
      return new Stack(moments.groups(), moments.geometry().patchSize() + moments.bias().entries());
    }
    if (layer instanceof DepthwiseMoments moments) {
      ConvolutionGeometry geometry = moments.geometry();
      int window = geometry.kernelHeight() * geometry.kernelWidth();
      return new Stack(geometry.inputChannels(), window + moments.bias().entries());
    }
    if (layer instanceof EmbeddingMoments moments) {
      return new Diagonal(moments.rows());
    }
    if (layer instanceof ScaleShiftMoments moments) {
      return new Stack(moments.channels(), 1 + moments.bias().entries());
    }
    DenseMoments moments = (DenseMoments) layer;
    return new Full(moments.inputs() + moments.bias().entries());
  }

  /** All entries of the sum over output gradients. */
  static FactorStructure outputStructure(LayerMoments layer) {
    if (layer instanceof ConvolutionMoments moments) {
      return new Full(moments.geometry().outputChannels());
    }
    if (layer instanceof GroupedMoments moments) {
      return new Stack(moments.groups(), moments.geometry().outputChannels());
    }
    if (layer instanceof DepthwiseMoments moments) {
      ConvolutionGeometry geometry = moments.geometry();
      return new Stack(geometry.inputChannels(), geometry.outputChannels());
    }
    if (layer instanceof EmbeddingMoments moments) {
      return new Full(moments.outputs());
    }
    if (layer instanceof ScaleShiftMoments) {
      return new Identity(1);
    }
    return new Full(((DenseMoments) layer).outputs());
  }

  static <T extends TNumber> List<Operand<T>> flat(SecondMoments<T> moments) {
    return List.of(moments.inputSum(), moments.gradientSum(), moments.rows(), moments.examples());
  }

  static Moments toMoments(List<double[]> values) {
    return new Moments(values.get(0), values.get(1), values.get(2)[0], values.get(3)[0]);
  }

  static <T extends TNumber> List<double[]> evaluate(
      Class<T> type,
      List<Input> inputs,
      BiFunction<Ops, List<Operand<T>>, List<Operand<T>>> function) {
    List<Tensor> tensors = new ArrayList<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      List<Operand<T>> placeholders = new ArrayList<>();
      for (Input input : inputs) {
        placeholders.add(tf.placeholder(type, Placeholder.shape(input.declared())));
        tensors.add(tensor(type, input));
      }
      List<Operand<T>> outputs = new ArrayList<>();
      function.apply(tf, placeholders).forEach(output -> outputs.add(tf.identity(output)));
      try (Session session = new Session(graph, AS_BUILT)) {
        Session.Runner runner = session.runner();
        for (int i = 0; i < inputs.size(); i++) {
          runner.feed(placeholders.get(i), tensors.get(i));
        }
        outputs.forEach(runner::fetch);
        try (Result result = runner.run()) {
          List<double[]> values = new ArrayList<>();
          for (int i = 0; i < outputs.size(); i++) {
            values.add(doubles(result.get(i)));
          }
          return values;
        }
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private static Tensor tensor(Class<? extends TNumber> type, Input input) {
    if (type == TFloat64.class) {
      return TFloat64.tensorOf(input.shape(), DataBuffers.of(input.values()));
    }
    float[] floats = new float[input.values().length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) input.values()[i];
    }
    return TFloat32.tensorOf(input.shape(), DataBuffers.of(floats));
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.size())];
    if (tensor instanceof TFloat64) {
      tensor.asRawTensor().data().asDoubles().read(values);
      return values;
    }
    float[] floats = new float[values.length];
    tensor.asRawTensor().data().asFloats().read(floats);
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }
}
