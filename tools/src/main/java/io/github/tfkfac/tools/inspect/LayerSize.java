package io.github.tfkfac.tools.inspect;

import io.github.tfkfac.extension.LayerSite;
import io.github.tfkfac.extension.LayerUse;
import java.util.function.Function;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * Dimensions that a layer's cost depends on.
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
      rows += rows(site.name(), use, batch, shapes);
    }
    return new LayerSize(rows, site.inputSize(), site.outputSize(), site.blocks());
  }

  private static long rows(
      String layer, LayerUse use, int batch, Function<Output<?>, Shape> shapes) {
    Shape rows = use.rows();
    int last = rows.numDimensions() - 1;
    if (!rows.subShape(1, last + 1).hasUnknownDimension()) {
      return product(rows.subShape(0, last), batch);
    }
    Shape output = shapes.apply(use.output().asOutput());
    if (output.subShape(1, output.numDimensions()).hasUnknownDimension()) {
      throw new IllegalArgumentException(
          "expected a known output size of layer '%s', found %s; give the image a fixed size"
              .formatted(layer, output));
    }
    return product(output, batch) / rows.get(last);
  }

  private static long product(Shape shape, int batch) {
    long product = 1;
    for (int i = 0; i < shape.numDimensions(); i++) {
      product *= shape.get(i) == Shape.UNKNOWN_SIZE ? batch : shape.get(i);
    }
    return product;
  }
}
