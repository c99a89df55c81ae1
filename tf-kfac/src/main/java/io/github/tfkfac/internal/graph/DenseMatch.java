package io.github.tfkfac.internal.graph;

import io.github.tfkfac.extension.LayerKind;
import io.github.tfkfac.extension.LayerUse;
import io.github.tfkfac.extension.ViewStep;
import io.github.tfkfac.extension.WeightView;
import io.github.tfkfac.internal.graph.Axes.Part;
import io.github.tfkfac.internal.graph.LayerMatch.Layer;
import io.github.tfkfac.internal.graph.LayerMatch.Other;
import io.github.tfkfac.internal.graph.UseViews.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;

/**
 * Recognizes a weight as the matrix of a dense layer in a product of two tensors.
 *
 * <p>A product is described by a letter for every dimension, as in an Einsum: letters of weight and
 * input that the output lacks are summed over, letters of weight and output are the layer's
 * outputs, letters of input and output are examples and positions.
 */
final class DenseMatch {

  private final GraphOperation product;
  private final WeightOperand weight;
  private final Output<?> input;
  private final String ofWeight;
  private final String ofInput;
  private final String ofOutput;

  private DenseMatch(
      GraphOperation product, WeightOperand weight, int weightIndex, EinsumLetters letters) {
    this.product = product;
    this.weight = weight;
    this.input = product.input(1 - weightIndex);
    this.ofWeight = letters.inputs().get(weightIndex);
    this.ofInput = letters.inputs().get(1 - weightIndex);
    this.ofOutput = letters.output();
  }

  /** A MatMul, BatchMatMul or Einsum. */
  static LayerMatch of(GraphOperation product, WeightOperand weight, AxisTracker inputs) {
    String what = LayerMatch.describe(product);
    if (product.numInputs() != 2 || product.input(0).equals(product.input(1))) {
      return new Other("used by " + what);
    }
    int weightIndex = product.input(1).equals(weight.value()) ? 1 : 0;
    Output<?> input = product.input(1 - weightIndex);
    if (input.shape().isUnknown()) {
      return new Other("the input of " + what + " has an unknown rank");
    }
    List<Integer> ranks = new ArrayList<>(List.of(weight.axes().rank(), weight.axes().rank()));
    ranks.set(1 - weightIndex, input.shape().numDimensions());
    Optional<EinsumLetters> letters =
        product.type().equals("Einsum")
            ? EinsumLetters.of(product, ranks)
            : Optional.of(EinsumLetters.ofMatrices(product, ranks.get(0), ranks.get(1)));
    if (letters.isEmpty()) {
      return new Other("used by " + what);
    }
    return new DenseMatch(product, weight, weightIndex, letters.get()).match(inputs);
  }

  private LayerMatch match(AxisTracker inputs) {
    List<Integer> positions = indices(ofInput, letter -> isIn(ofOutput, letter));
    return obstacle()
        .<LayerMatch>map(Other::new)
        .orElseGet(
            () -> inputs.axes(input, product, positions).match(axes -> layer(axes, positions)));
  }

  private LayerMatch layer(Axes traced, List<Integer> positions) {
    List<Integer> features =
        indices(ofInput, letter -> !isIn(ofOutput, letter) && isIn(ofWeight, letter));
    List<Integer> outputs = indices(ofOutput, letter -> !isIn(ofInput, letter));
    Axes axes = withFeatures(traced, features);
    List<Integer> outputPositions =
        positions.stream().map(i -> ofOutput.indexOf(ofInput.charAt(i))).toList();
    return UseViews.use(
            input,
            product.output(0),
            UseViews.of(axes, positions, features, Features.MERGED),
            UseViews.of(outputAxes(axes), outputPositions, outputs, Features.MERGED))
        .map(
            use ->
                ofParts(product, weight, parts(ofInput, features), parts(ofOutput, outputs), use))
        .orElseGet(() -> LayerMatch.ofUnknownLengths(product));
  }

  private static boolean isIn(String letters, int letter) {
    return letters.indexOf(letter) >= 0;
  }

  private static List<Integer> indices(String letters, IntPredicate wanted) {
    return IntStream.range(0, letters.length())
        .filter(i -> wanted.test(letters.charAt(i)))
        .boxed()
        .toList();
  }

  /** The weight's parts that some dimensions of input or output run over. */
  private List<Part> parts(String letters, List<Integer> dimensions) {
    return dimensions.stream()
        .flatMap(i -> weight.axes().get(ofWeight.indexOf(letters.charAt(i))).stream())
        .toList();
  }

  private Optional<String> obstacle() {
    String what = LayerMatch.describe(product);
    for (int i = 0; i < ofWeight.length(); i++) {
      char letter = ofWeight.charAt(i);
      boolean single = weight.axes().get(i).isEmpty();
      boolean inInput = ofInput.indexOf(letter) >= 0;
      boolean inOutput = ofOutput.indexOf(letter) >= 0;
      if (ofWeight.indexOf(letter) != i) {
        return Optional.of("its diagonal is used by " + what);
      }
      if (!single && inInput && inOutput) {
        return Optional.of(what + " has a matrix of its own for each of several positions");
      }
      if (!single && !inInput && !inOutput) {
        return Optional.of("summed up by " + what);
      }
    }
    for (int i = 0; i < ofInput.length(); i++) {
      char letter = ofInput.charAt(i);
      if (ofInput.indexOf(letter) != i) {
        return Optional.of("the diagonal of its input is used by " + what);
      }
      if (ofOutput.indexOf(letter) < 0
          && ofWeight.indexOf(letter) < 0
          && input.shape().get(i) != 1) {
        return Optional.of(what + " sums its input over positions");
      }
    }
    boolean repeats =
        IntStream.range(0, ofOutput.length())
            .anyMatch(i -> ofOutput.indexOf(ofOutput.charAt(i)) != i);
    return repeats ? Optional.of("used by " + what) : Optional.empty();
  }

  /** The input's dimensions with the lengths that the weight tells. */
  private Axes withFeatures(Axes axes, List<Integer> features) {
    Axes result = axes;
    for (int feature : features) {
      result =
          result.with(
              feature, Axes.sized(weight.axes().size(ofWeight.indexOf(ofInput.charAt(feature)))));
    }
    return result;
  }

  private Axes outputAxes(Axes inputAxes) {
    List<List<Part>> dimensions = new ArrayList<>();
    for (int i = 0; i < ofOutput.length(); i++) {
      char letter = ofOutput.charAt(i);
      int index = ofInput.indexOf(letter);
      dimensions.add(
          index >= 0
              ? inputAxes.get(index)
              : Axes.sized(weight.axes().size(ofWeight.indexOf(letter))));
    }
    return new Axes(dimensions);
  }

  /**
   * The layer that an operation is with parts of a weight, or why it is none.
   *
   * <p>Of a look-up in a table {@code A·B} the layer is the one that B is for the rows of A.
   *
   * @param inputs parts of the weight that the layer sums over, in the order of the input's
   *     features
   * @param outputs the others, in the order of the output's
   * @param use with features, or indices, as they are at the operation
   */
  static LayerMatch ofParts(
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
