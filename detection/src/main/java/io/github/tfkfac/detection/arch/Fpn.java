package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.arch.ResNetBody;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.index.Indices;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The feature pyramid (Lin et al., 2017, section 3): a 1×1 convolution of every stage, to which the
 * next coarser sum is added, its size brought to the lateral's by nearest neighbors; a 3×3
 * convolution of each sum; and the coarsest level subsampled by 2. All convolutions have a bias and
 * none an activation; kernels start Glorot-uniform.
 *
 * <p>Parameters: {@code inner_blocks/<i>/0} and {@code layer_blocks/<i>/0}, i = 0 the finest.
 *
 * @param channels channels of every level
 */
record Fpn(int channels) {

  <T extends TNumber> FeaturePyramid<T> apply(
      LayerContext<T> context, ResNetBody.Features<T> body) {
    List<Operand<T>> laterals = each(context.in("inner_blocks"), 1, body.stages());
    List<Operand<T>> sums = new ArrayList<>();
    for (int level = laterals.size() - 1; level >= 0; level--) {
      Operand<T> lateral = laterals.get(level);
      sums.add(
          sums.isEmpty()
              ? lateral
              : context
                  .tf()
                  .math
                  .add(lateral, resized(context.tf(), sums.get(sums.size() - 1), lateral)));
    }
    Collections.reverse(sums);
    List<Operand<T>> levels = new ArrayList<>(each(context.in("layer_blocks"), 3, sums));
    levels.add(subsampled(context.tf(), levels.get(levels.size() - 1)));
    return new FeaturePyramid<>(body, laterals, levels);
  }

  private <T extends TNumber> List<Operand<T>> each(
      LayerContext<T> context, int size, List<Operand<T>> inputs) {
    Convolution convolution =
        new Convolution(channels, size)
            .withBias(Bias.ZERO_AT_START)
            .withInitializer(Initializer.glorotUniform());
    List<Operand<T>> outputs = new ArrayList<>();
    for (Operand<T> input : inputs) {
      LayerContext<T> place = context.in(Integer.toString(outputs.size())).in("0");
      outputs.add(convolution.apply(place, input));
    }
    return outputs;
  }

  private static <T extends TNumber> Operand<T> resized(
      Ops tf, Operand<T> images, Operand<T> like) {
    Operand<TInt32> size =
        tf.slice(tf.shape(like), tf.constant(new int[] {1}), tf.constant(new int[] {2}));
    return tf.image.resizeNearestNeighbor(images, size);
  }

  private static <T extends TNumber> Operand<T> subsampled(Ops tf, Operand<T> images) {
    return tf.stridedSlice(images, Indices.all(), Indices.step(2), Indices.step(2), Indices.all());
  }
}
