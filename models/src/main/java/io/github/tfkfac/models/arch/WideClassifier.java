package io.github.tfkfac.models.arch;

import io.github.tfkfac.models.layer.Dense;
import io.github.tfkfac.models.layer.Dropout;
import io.github.tfkfac.models.layer.Initializer;
import io.github.tfkfac.models.layer.LayerContext;
import org.tensorflow.Operand;
import org.tensorflow.types.family.TNumber;

/**
 * Two fully connected layers of 4096 units with ReLU and dropout 0.5, and the logits (Krizhevsky et
 * al., 2012, section 3.5), on a flattened image. Parameters are named {@code classifier/<i>}, i
 * counting the ReLUs and dropouts as torchvision does.
 */
enum WideClassifier {
  /** Dropout in front of each of the wide layers: {@code classifier/1}, {@code 4} and {@code 6}. */
  DROPOUT_FIRST(1, 4),
  /** Dropout behind each of the wide layers: {@code classifier/0}, {@code 3} and {@code 6}. */
  RECTIFIER_FIRST(0, 3);

  private static final int UNITS = 4096;
  private static final int LOGITS = 6;
  private static final Dropout DROPOUT = new Dropout(0.5);

  private final int first;
  private final int second;

  WideClassifier(int first, int second) {
    this.first = first;
    this.second = second;
  }

  <T extends TNumber> Operand<T> logits(
      LayerContext<T> context, Operand<T> activation, int classes) {
    LayerContext<T> classifier = context.in("classifier");
    Operand<T> hidden = wide(classifier, second, wide(classifier, first, activation));
    return new Dense(classes).apply(classifier.in(Integer.toString(LOGITS)), hidden);
  }

  private <T extends TNumber> Operand<T> wide(
      LayerContext<T> classifier, int index, Operand<T> input) {
    Dense dense = new Dense(UNITS).withInitializer(Initializer.heNormal());
    LayerContext<T> context = classifier.in(Integer.toString(index));
    return switch (this) {
      case DROPOUT_FIRST ->
          classifier.tf().nn.relu(dense.apply(context, DROPOUT.apply(context, input)));
      case RECTIFIER_FIRST ->
          DROPOUT.apply(context, classifier.tf().nn.relu(dense.apply(context, input)));
    };
  }
}
