package io.github.tfkfac.graph;

import io.github.tfkfac.graph.ConvolutionGeometry.Padding;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A dilated convolution written as SpaceToBatchND, a convolution without padding, BatchToSpaceND;
 * in one dimension with an ExpandDims and a Squeeze around the convolution.
 *
 * @param places input of the first and output of the last operation
 * @param heightDilation distance of the rows of a window
 * @param widthDilation distance of its columns
 */
record DilatedBlocks(ConvolutionPlaces places, long heightDilation, long widthDilation) {

  private static final String BEFORE = "SpaceToBatchND";
  private static final String BEHIND = "BatchToSpaceND";

  /** Whether the input of a convolution is cut into blocks. */
  static boolean enclose(GraphOperation convolution) {
    return before(convolution).type().equals(BEFORE);
  }

  private static GraphOperation before(GraphOperation convolution) {
    GraphOperation source = (GraphOperation) convolution.input(0).op();
    return source.type().equals("ExpandDims") ? (GraphOperation) source.input(0).op() : source;
  }

  /** The whole convolution, if padding and cropping are those of one. */
  static Optional<DilatedBlocks> of(GraphOperation convolution) {
    GraphOperation before = before(convolution);
    Optional<GraphOperation> behind = behind(convolution);
    long[] strides = convolution.attributes().getAttrIntList("strides");
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    boolean plain =
        convolution.attributes().getAttrString("padding").equals("VALID")
            && Arrays.stream(strides).allMatch(stride -> stride == 1)
            && Arrays.stream(dilations).allMatch(dilation -> dilation == 1);
    if (behind.isEmpty() || !plain) {
      return Optional.empty();
    }
    Optional<long[]> block = Constants.known(before.input(1));
    Optional<long[]> back = Constants.known(behind.get().input(1));
    Optional<long[]> pads = Constants.known(before.input(2));
    Optional<long[]> crops = Constants.known(behind.get().input(2));
    Shape image = before.input(0).shape();
    if (block.isEmpty() || pads.isEmpty() || crops.isEmpty() || image.isUnknown()) {
      return Optional.empty();
    }
    if (back.isEmpty() || !Arrays.equals(block.get(), back.get())) {
      return Optional.empty();
    }
    Optional<Integer> added = added(convolution);
    List<Integer> order = ConvolutionPlaces.image(convolution);
    Shape kernel = convolution.input(1).shape();
    long[] dilation = {1, 1};
    boolean same = added.isEmpty() || kernel.get(order.indexOf(added.get())) == 1;
    boolean valid = true;
    for (int i = 0; i < block.get().length; i++) {
      long length = block.get()[i];
      // The i-th blocked dimension is 1 + i of the image, which may lack one.
      int axis = order.indexOf(added.isPresent() && added.get() <= i + 1 ? i + 2 : i + 1);
      Margins margins = Margins.of(pads.get(), crops.get(), i);
      if (axis > 1 ? length != 1 || !margins.areEmpty() : image.get(i + 1) == Axes.UNKNOWN) {
        return Optional.empty();
      }
      long needed = axis > 1 ? 0 : (kernel.get(axis) - 1) * length;
      same &= margins.equals(new Margins(needed / 2, needed - needed / 2));
      valid &= margins.areEmpty();
      if (axis <= 1) {
        dilation[axis] = length;
      }
    }
    if (!same && !valid) {
      return Optional.empty();
    }
    Padding padding = same ? Padding.SAME : Padding.VALID;
    Output<?> output = behind.get().output(0);
    return Optional.of(
        new DilatedBlocks(
            new ConvolutionPlaces(before.input(0), output, order, added, padding),
            dilation[0],
            dilation[1]));
  }

  /** Zeros before and behind an image, without those that only fill up the last block. */
  private record Margins(long before, long behind) {

    static Margins of(long[] pads, long[] crops, int dimension) {
      return new Margins(
          pads[2 * dimension] - crops[2 * dimension],
          pads[2 * dimension + 1] - crops[2 * dimension + 1]);
    }

    boolean areEmpty() {
      return before == 0 && behind == 0;
    }
  }

  private static Optional<Integer> added(GraphOperation convolution) {
    GraphOperation source = (GraphOperation) convolution.input(0).op();
    if (!source.type().equals("ExpandDims")) {
      return Optional.empty();
    }
    return Constants.scalar(source.input(1)).map(axis -> axis < 0 ? axis + 4 : axis);
  }

  private static Optional<GraphOperation> behind(GraphOperation convolution) {
    Output<?> output = convolution.output(0);
    for (int i = 0; i < 2; i++) {
      List<GraphOperation> consumers =
          ((GraphOperation) output.op())
              .consumers(output.index()).stream()
                  .filter(consumer -> !consumer.type().equals("Shape"))
                  .toList();
      if (consumers.size() != 1) {
        return Optional.empty();
      }
      GraphOperation consumer = consumers.get(0);
      if (consumer.type().equals(BEHIND)) {
        return Optional.of(consumer);
      }
      if (!consumer.type().equals("Squeeze")) {
        return Optional.empty();
      }
      output = consumer.output(0);
    }
    return Optional.empty();
  }
}
