package io.github.tfkfac.detection.arch;

import io.github.tfkfac.detection.assign.ClassLabels;
import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TNumber;

/**
 * The box head (Lin et al., 2017, section 4.2): two fully connected layers with ReLU on a flattened
 * region, then fully connected layers to class logits and to four deltas per class (output {@code 4
 * class + delta}). Published kernels start Glorot-uniform, those of the last two normal with
 * deviation 0.01 and 0.001.
 *
 * <p>Parameters: {@code box_head/fc6}, {@code box_head/fc7}, {@code box_predictor/cls_score} and
 * {@code box_predictor/bbox_pred}.
 *
 * @param width outputs of the fully connected layers
 * @param labels where classes and background are
 * @param start initial kernels
 */
record BoxHead(int width, ClassLabels labels, HeadStart start) {

  private static final int DELTAS = 4;

  <T extends TNumber> BoxOutput<T> apply(LayerContext<T> context, Operand<T> pooled) {
    Ops tf = context.tf();
    LayerContext<T> head = context.in("box_head");
    LayerContext<T> predictor = context.in("box_predictor");
    Operand<T> first = tf.nn.relu(hidden().apply(head.in("fc6"), pooled));
    Operand<T> second = tf.nn.relu(hidden().apply(head.in("fc7"), first));
    Operand<T> logits =
        new Dense(labels.logits())
            .withInitializer(startingAs(Initializer.normal(0.01)))
            .apply(predictor.in("cls_score"), second);
    Operand<T> deltas =
        new Dense(DELTAS * labels.boxes())
            .withInitializer(startingAs(Initializer.normal(0.001)))
            .apply(predictor.in("bbox_pred"), second);
    return new BoxOutput<>(
        List.of(first, second),
        logits,
        tf.reshape(deltas, tf.constant(new int[] {-1, labels.boxes(), DELTAS})));
  }

  private Dense hidden() {
    return new Dense(width).withInitializer(startingAs(Initializer.glorotUniform()));
  }

  private Initializer startingAs(Initializer published) {
    return start == HeadStart.PUBLISHED ? published : Initializer.fanInUniform();
  }
}
