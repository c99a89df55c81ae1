package io.github.tfkfac.detection.arch;

import io.github.tfkfac.models.layer.Bias;
import io.github.tfkfac.models.layer.Convolution;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * The proposal head (Ren et al., 2015, section 3.1), one for all levels: a 3×3 convolution with
 * ReLU, then 1×1 convolutions to a logit and to four deltas per anchor (channel {@code 4 anchor +
 * delta}). Kernels start normal with deviation 0.01.
 *
 * <p>Parameters: {@code conv/0/0}, {@code cls_logits} and {@code bbox_pred}.
 *
 * @param channels channels of the 3×3 convolution
 * @param anchors anchors per pixel
 */
record RpnHead(int channels, int anchors) {

  private static final int DELTAS = 4;
  private static final Initializer START = Initializer.normal(0.01);

  <T extends TNumber> RpnOutput<T> apply(LayerContext<T> context, List<Operand<T>> levels) {
    List<Operand<T>> logits = new ArrayList<>();
    List<Operand<T>> deltas = new ArrayList<>();
    LayerContext<T> first = context.in("conv").in("0").in("0");
    for (Operand<T> level : levels) {
      Operand<T> hidden = context.tf().nn.relu(convolution(channels, 3).apply(first, level));
      Operand<T> logit = convolution(anchors, 1).apply(context.in("cls_logits"), hidden);
      Operand<T> delta = convolution(DELTAS * anchors, 1).apply(context.in("bbox_pred"), hidden);
      logits.add(perAnchor(context.tf(), logit, -1));
      deltas.add(perAnchor(context.tf(), delta, -1, DELTAS));
    }
    return new RpnOutput<>(logits, deltas);
  }

  private static Convolution convolution(int filters, int size) {
    return new Convolution(filters, size).withBias(Bias.ZERO_AT_START).withInitializer(START);
  }

  private static <T extends TNumber> Operand<T> perAnchor(Ops tf, Operand<T> map, int... rest) {
    Operand<TInt32> batch =
        tf.slice(tf.shape(map), tf.constant(new int[] {0}), tf.constant(new int[] {1}));
    return tf.reshape(map, tf.concat(List.of(batch, tf.constant(rest)), tf.constant(0)));
  }
}
