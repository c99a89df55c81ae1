package io.github.tfkfac.graph;

import io.github.tfkfac.graph.ConvolutionGeometry.Padding;
import io.github.tfkfac.graph.LayerMatch.ConvolutionSignature;
import io.github.tfkfac.graph.LayerMatch.DepthwiseSignature;
import io.github.tfkfac.graph.LayerMatch.GroupedSignature;
import io.github.tfkfac.graph.LayerMatch.Layer;
import io.github.tfkfac.graph.LayerMatch.Other;
import io.github.tfkfac.graph.LayerUse.Orientation;
import org.jspecify.annotations.Nullable;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/** Recognises a weight as the kernel of a convolution. */
final class ConvolutionMatch {

  private ConvolutionMatch() {}

  static LayerMatch of(GraphOperation consumer, Output<?> weight, Shape kernel) {
    return consumer.type().equals("Conv2D")
        ? convolution(consumer, weight, kernel)
        : depthwise(consumer, weight, kernel);
  }

  private static LayerMatch convolution(
      GraphOperation convolution, Output<?> weight, Shape kernel) {
    String obstacle = convolutionObstacle(convolution, weight);
    if (obstacle != null) {
      return new Other(obstacle);
    }
    long channels = convolution.input(0).shape().get(3);
    if (channels == kernel.get(2)) {
      ConvolutionGeometry geometry = geometry(convolution, kernel, kernel.get(3));
      return new Layer(new ConvolutionSignature(geometry), use(convolution));
    }
    long groups = channels / kernel.get(2);
    ConvolutionGeometry ofGroup = geometry(convolution, kernel, kernel.get(3) / groups);
    return new Layer(new GroupedSignature(ofGroup, Math.toIntExact(groups)), use(convolution));
  }

  private static LayerMatch depthwise(GraphOperation convolution, Output<?> weight, Shape kernel) {
    String obstacle = convolutionObstacle(convolution, weight);
    return obstacle != null
        ? new Other(obstacle)
        : new Layer(
            new DepthwiseSignature(geometry(convolution, kernel, kernel.get(3))), use(convolution));
  }

  private static LayerUse use(GraphOperation convolution) {
    return new LayerUse(convolution.input(0), convolution.output(0), Orientation.ROWS_ARE_EXAMPLES);
  }

  private static @Nullable String convolutionObstacle(
      GraphOperation convolution, Output<?> weight) {
    if (!convolution.input(1).equals(weight)) {
      return "input of " + LayerMatch.describe(convolution) + ", not its kernel";
    }
    String format = convolution.attributes().getAttrString("data_format");
    if (!format.equals("NHWC")) {
      return LayerMatch.describe(convolution) + " has data format " + format + "; NHWC is captured";
    }
    for (long dilation : convolution.attributes().getAttrIntList("dilations")) {
      if (dilation != 1) {
        return LayerMatch.describe(convolution)
            + " is dilated, and TensorFlow's gradient of that is wrong";
      }
    }
    String padding = convolution.attributes().getAttrString("padding");
    if (!padding.equals("SAME") && !padding.equals("VALID")) {
      return LayerMatch.describe(convolution) + " has padding " + padding + "; use Pad and VALID";
    }
    Shape input = convolution.input(0).shape();
    if (input.isUnknown() || input.get(3) == Shape.UNKNOWN_SIZE) {
      return "the input of "
          + LayerMatch.describe(convolution)
          + " has an unknown number of channels";
    }
    return null;
  }

  private static ConvolutionGeometry geometry(
      GraphOperation convolution, Shape kernel, long outputChannels) {
    long[] strides = convolution.attributes().getAttrIntList("strides");
    return new ConvolutionGeometry(
        Math.toIntExact(kernel.get(0)),
        Math.toIntExact(kernel.get(1)),
        Math.toIntExact(kernel.get(2)),
        Math.toIntExact(outputChannels),
        Math.toIntExact(strides[1]),
        Math.toIntExact(strides[2]),
        Padding.valueOf(convolution.attributes().getAttrString("padding")));
  }
}
