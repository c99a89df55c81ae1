package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import io.github.tfkfac.models.layer.TransposedConvolution;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * The mask head (He et al., 2017, figure 4, right): 3×3 convolutions with ReLU, a transposed
 * convolution with ReLU that doubles the size, and a 1×1 convolution to a logit per class. All have
 * a bias; kernels start He-normal by their outputs.
 *
 * <p>Parameters: {@code mask_head/<i>/0}, {@code mask_predictor/conv5_mask} and {@code
 * mask_predictor/mask_fcn_logits}.
 *
 * @param settings its sizes
 * @param labels where classes and background are
 */
record MaskHead(MaskSettings settings, ClassLabels labels) {

  private static final Initializer START = Initializer.heNormalFanOut();

  <T extends TNumber> Operand<T> apply(LayerContext<T> context, Operand<T> pooled) {
    LayerContext<T> head = context.in("mask_head");
    LayerContext<T> predictor = context.in("mask_predictor");
    Operand<T> activation = pooled;
    for (int i = 0; i < settings.convolutions(); i++) {
      LayerContext<T> place = head.in(Integer.toString(i)).in("0");
      Operand<T> output = convolution(settings.channels(), 3).apply(place, activation);
      activation = context.tf().nn.relu(output);
    }
    Operand<T> doubled =
        new TransposedConvolution(settings.channels(), 2, START)
            .apply(predictor.in("conv5_mask"), activation);
    return convolution(labels.boxes(), 1)
        .apply(predictor.in("mask_fcn_logits"), context.tf().nn.relu(doubled));
  }

  private static Convolution convolution(int filters, int size) {
    return new Convolution(filters, size).withBias(Bias.ZERO_AT_START).withInitializer(START);
  }
}
