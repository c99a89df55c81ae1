package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.graph.LayerSite;
import io.github.tfkfac.graph.LayerUse;
import java.util.function.Function;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * What a layer's cost depends on.
 *
 * @param rows examples times output positions, over all uses of the weight
 * @param inputSize rows of a block's weight matrix, the bias row included
 * @param outputSize columns of a block's weight matrix
 * @param blocks equal blocks the layer falls into: 1, or the channels of a depthwise convolution
 */
public record LayerSize(long rows, long inputSize, long outputSize, long blocks) {

  public LayerSize {
    if (rows <= 0 || inputSize <= 0 || outputSize <= 0 || blocks <= 0) {
      throw new IllegalArgumentException(
          "expected positive sizes of a layer, found %d rows, %d x %d, %d blocks"
              .formatted(rows, inputSize, outputSize, blocks));
    }
  }

  /**
   * The size of a layer found in a graph whose batch size may be open.
   *
   * @param shapes of the layers' outputs
   * @throws IllegalArgumentException if an output has another unknown dimension
   */
  static LayerSize of(LayerSite<?> site, int batch, Function<Output<?>, Shape> shapes) {
    long rows = 0;
    for (LayerUse use : site.uses()) {
      rows += rows(site.name(), shapes.apply(use.output().asOutput()), batch);
    }
    return new LayerSize(rows, site.inputSize(), site.outputSize(), site.blocks());
  }

  private static long rows(String layer, Shape output, int batch) {
    long rows = 1;
    for (int i = 0; i < output.numDimensions() - 1; i++) {
      boolean open = output.get(i) == Shape.UNKNOWN_SIZE;
      if (open && i > 0) {
        throw new IllegalArgumentException(
            "expected a known output size of layer '%s', found %s; give the image a fixed size"
                .formatted(layer, output));
      }
      rows *= open ? batch : output.get(i);
    }
    return rows;
  }
}
