package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.ViewStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * A dilated convolution written as SpaceToBatchND, a convolution without padding, BatchToSpaceND;
 * in one dimension with an ExpandDims and a Squeeze around the convolution.
 *
 * <p>With blocks of length {@code b}, paddings {@code p} and crops {@code c} it is a convolution of
 * dilation {@code b} over the input between margins of {@code p - c}.
 */
final class DilatedBlocks {

  private static final String BEFORE = "SpaceToBatchND";
  private static final String BEHIND = "BatchToSpaceND";

  private final GraphOperation convolution;
  private final GraphOperation before;
  private final Optional<GraphOperation> behind;

  DilatedBlocks(GraphOperation convolution) {
    this.convolution = convolution;
    this.before = before(convolution);
    this.behind = behind(convolution);
  }

  /** Whether the input of a convolution is cut into blocks. */
  static boolean enclose(GraphOperation convolution) {
    return before(convolution).type().equals(BEFORE);
  }

  private static GraphOperation before(GraphOperation convolution) {
    GraphOperation source = (GraphOperation) convolution.input(0).op();
    return source.type().equals("ExpandDims") ? (GraphOperation) source.input(0).op() : source;
  }

  /** Reason why the operations are not one dilated convolution, if they are not. */
  Optional<String> obstacle() {
    String what = LayerMatch.describe(convolution);
    if (behind.isEmpty()) {
      return Optional.of(what + " works on blocks that no BatchToSpaceND puts together again");
    }
    long[] strides = convolution.attributes().getAttrIntList("strides");
    long[] dilations = convolution.attributes().getAttrIntList("dilations");
    boolean plain =
        convolution.attributes().getAttrString("padding").equals("VALID")
            && Arrays.stream(strides).allMatch(stride -> stride == 1)
            && Arrays.stream(dilations).allMatch(dilation -> dilation == 1);
    if (!plain) {
      return Optional.of(what + " has padding, strides or dilations within the blocks of a batch");
    }
    Optional<long[]> block = Constants.known(before.input(1));
    Optional<long[]> back = Constants.known(behind.get().input(1));
    if (block.isEmpty() || back.isEmpty() || before.input(0).shape().isUnknown()) {
      return Optional.of(what + " works on blocks whose lengths the graph does not fix");
    }
    if (!Arrays.equals(block.get(), back.get())) {
      return Optional.of(
          "%s works on blocks of lengths %s that are joined as ones of lengths %s"
              .formatted(what, Arrays.toString(block.get()), Arrays.toString(back.get())));
    }
    List<Integer> axes = axes(block.get().length);
    boolean ofChannels =
        IntStream.range(0, axes.size()).anyMatch(i -> axes.get(i) > 1 && block.get()[i] != 1);
    return ofChannels ? Optional.of(what + " works on blocks of channels") : Optional.empty();
  }

  /** The whole convolution, if there is no {@link #obstacle}. */
  ConvolutionPlaces whole() {
    long[] block = Constants.known(before.input(1)).orElseThrow();
    List<Integer> axes = axes(block.length);
    long[] dilation = {1, 1};
    for (int i = 0; i < block.length; i++) {
      if (axes.get(i) <= 1) {
        dilation[axes.get(i)] = block[i];
      }
    }
    Output<?> paddings = before.input(2);
    Output<?> crops = behind.orElseThrow().input(2);
    Optional<long[][]> margins = margins(paddings, crops);
    boolean same = margins.filter(known -> areSame(known, axes, dilation)).isPresent();
    boolean empty =
        margins
            .filter(all -> Arrays.stream(all).flatMapToLong(Arrays::stream).allMatch(m -> m == 0))
            .isPresent();
    List<ViewStep> border =
        same || empty ? List.of() : List.of(new ViewStep.Border(paddings, crops, axes));
    return new ConvolutionPlaces(
        before.input(0),
        behind.orElseThrow().output(0),
        ConvolutionPlaces.image(convolution),
        added(),
        List.of(dilation[0], dilation[1]),
        same ? Padding.SAME : Padding.VALID,
        border);
  }

  /** Of every blocked dimension 0 for height, 1 for width, 2 for channels. */
  private List<Integer> axes(int count) {
    List<Integer> order = ConvolutionPlaces.image(convolution);
    Optional<Integer> added = added();
    List<Integer> axes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      // The i-th dimension of the input is another one of the image if one was added before it.
      axes.add(order.indexOf(added.isPresent() && added.get() <= i ? i + 1 : i));
    }
    return axes;
  }

  /** Zeros before and behind each blocked dimension, without those that only fill up blocks. */
  private static Optional<long[][]> margins(Output<?> paddings, Output<?> crops) {
    Optional<long[]> padded = Constants.known(paddings);
    Optional<long[]> cropped = Constants.known(crops);
    if (padded.isEmpty() || cropped.isEmpty()) {
      return Optional.empty();
    }
    long[][] margins = new long[padded.get().length / 2][2];
    for (int i = 0; i < padded.get().length; i++) {
      margins[i / 2][i % 2] = padded.get()[i] - cropped.get()[i];
    }
    return Optional.of(margins);
  }

  /** Whether margins are those of padding SAME in height and width. */
  private boolean areSame(long[][] margins, List<Integer> axes, long[] dilation) {
    Shape kernel = convolution.input(1).shape();
    for (int axis = 0; axis <= 1; axis++) {
      int index = axes.indexOf(axis);
      long needed = (kernel.get(axis) - 1) * dilation[axis];
      long front = index < 0 ? 0 : margins[index][0];
      long back = index < 0 ? 0 : margins[index][1];
      if (front != needed / 2 || back != needed - needed / 2) {
        return false;
      }
    }
    int channels = axes.indexOf(2);
    return channels < 0 || (margins[channels][0] == 0 && margins[channels][1] == 0);
  }

  private Optional<Integer> added() {
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
