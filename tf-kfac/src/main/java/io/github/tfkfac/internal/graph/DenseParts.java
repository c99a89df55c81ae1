package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.extension.WeightView;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.GraphOperation;

/** A dense layer made of a weight and of the views of its input and output. */
final class DenseParts {

  private DenseParts() {}

  /**
   * The layer, or why it is none.
   *
   * <p>Of a look-up in a table {@code A·B} the layer is the one that B is for the rows of A.
   *
   * @param inputs parts of the weight that the layer sums over, in the order of the input's
   *     features
   * @param outputs the others, in the order of the output's
   * @param use with features, or indices, as they are at the operation
   */
  static LayerMatch of(
      GraphOperation operation,
      WeightOperand weight,
      List<Part> inputs,
      List<Part> outputs,
      LayerUse use) {
    String what = LayerMatch.describe(operation);
    if (!weight.cutsSlowest(inputs) || !weight.cutsSlowest(outputs)) {
      return new Other("a part of it that is not one block is used by " + what);
    }
    List<ViewStep> ofInput = new ArrayList<>();
    List<ViewStep> ofOutput = new ArrayList<>();
    List<Part> rows = inputs;
    List<Part> columns = outputs;
    if (weight.factor().isPresent()) {
      WeightOperand.Factor factor = weight.factor().get();
      List<Part> foreign = factor.isLeft() ? outputs : inputs;
      List<Part> own = factor.isLeft() ? inputs : outputs;
      if (!foreign.stream().allMatch(WeightOperand::isForeign)
          || own.stream().anyMatch(WeightOperand::isForeign)) {
        return new Other("a product of weights is used in parts by " + what);
      }
      if (factor.isLeft()) {
        ofOutput.add(new ViewStep.Product(factor.other(), true));
        columns = factor.rank();
      } else {
        ofInput.add(
            operation.type().equals("GatherV2")
                ? new ViewStep.LookUp(factor.other())
                : new ViewStep.Product(factor.other(), false));
        rows = factor.rank();
      }
    }
    // Scaled inputs leave the output as it is, so that a bias that is added there is the layer's.
    weight.scales().forEach(number -> ofInput.add(new ViewStep.Scale(number)));
    weight.pad(rows).ifPresent(ofInput::add);
    weight.pad(columns).ifPresent(ofOutput::add);
    WeightView view = Axes.view(weight.whole(rows), weight.whole(columns));
    return new Layer(new LayerKind.Dense(view), use.then(ofInput, ofOutput, view.outputs()));
  }
}
