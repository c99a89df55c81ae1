package io.github.tfkfac.internal.factor;

import static io.github.tfkfac.internal.factor.BruteForce.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.extension.ConvolutionGeometry;
import io.github.tfkfac.extension.ConvolutionGeometry.Padding;
import io.github.tfkfac.extension.FactorStructure;
import io.github.tfkfac.extension.FactorStructure.Blocks;
import io.github.tfkfac.extension.FactorStructure.Diagonal;
import io.github.tfkfac.extension.FactorStructure.Full;
import io.github.tfkfac.extension.FactorStructure.Identity;
import io.github.tfkfac.extension.FactorStructure.Stack;
import io.github.tfkfac.extension.SecondMoments;
import io.github.tfkfac.internal.factor.BruteForce.Image;
import io.github.tfkfac.internal.factor.Evaluation.Input;
import io.github.tfkfac.internal.factor.Evaluation.Moments;
import io.github.tfkfac.internal.factor.LayerMoments.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;

/** Sums under a structure are the entries of the full sum that the structure keeps. */
class KeptEntriesTest {

  private static final double EXACT = 1e-10;
  private static final double SINGLE_PRECISION = 1e-4;
  private static final long SEED = 5;
  private static final int EXAMPLES = 3;

  /** A layer and what flows through it. */
  record Case(String name, LayerMoments layer, Input input, Input gradient) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    Stream.Builder<Case> cases = Stream.builder();
    long any = Shape.UNKNOWN_SIZE;
    for (Bias bias : Bias.values()) {
      cases.add(
          new Case(
              "dense, bias " + bias,
              new DenseMoments(6, 4, bias),
              input(EXAMPLES, 2, 6).declaredAs(Shape.of(any, 2, 6)),
              input(EXAMPLES, 2, 4)));
      for (Padding padding : Padding.values()) {
        for (int stride = 1; stride <= 2; stride++) {
          cases.add(
              convolution(new ConvolutionGeometry(1, 1, 3, 2, stride, stride, padding), bias));
          cases.add(convolution(new ConvolutionGeometry(3, 2, 3, 2, stride, 1, padding), bias));
          cases.add(depthwise(new ConvolutionGeometry(3, 2, 3, 2, stride, stride, padding), bias));
          cases.add(grouped(new ConvolutionGeometry(3, 2, 2, 3, stride, 1, padding), bias));
        }
        cases.add(convolution(new ConvolutionGeometry(6, 5, 2, 2, 1, 1, padding), bias));
        cases.add(convolution(new ConvolutionGeometry(3, 2, 3, 2, 1, 1, 2, 3, padding), bias));
        cases.add(depthwise(new ConvolutionGeometry(1, 1, 3, 1, 1, 1, padding), bias));
      }
    }
    return cases.build();
  }

  private static Case convolution(ConvolutionGeometry geometry, Bias bias) {
    return images(
        geometry + ", bias " + bias,
        new ConvolutionMoments(geometry, bias),
        geometry,
        geometry.inputChannels(),
        geometry.outputChannels());
  }

  private static Case depthwise(ConvolutionGeometry geometry, Bias bias) {
    return images(
        "depthwise " + geometry + ", bias " + bias,
        new DepthwiseMoments(geometry, bias),
        geometry,
        geometry.inputChannels(),
        geometry.inputChannels() * geometry.outputChannels());
  }

  private static Case grouped(ConvolutionGeometry geometry, Bias bias) {
    int groups = 2;
    return images(
        "grouped " + geometry + ", bias " + bias,
        new GroupedMoments(geometry, groups, bias),
        geometry,
        groups * geometry.inputChannels(),
        groups * geometry.outputChannels());
  }

  private static Case images(
      String name, LayerMoments layer, ConvolutionGeometry geometry, int channels, int outputs) {
    int height =
        BruteForce.outputs(6, geometry.extentHeight(), geometry.strideHeight(), geometry.padding());
    int width =
        BruteForce.outputs(5, geometry.extentWidth(), geometry.strideWidth(), geometry.padding());
    Shape unknown = Shape.of(Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, Shape.UNKNOWN_SIZE, channels);
    return new Case(
        name,
        layer,
        Input.of(Image.random(SEED, EXAMPLES, 6, 5, channels)).declaredAs(unknown),
        input(EXAMPLES, height, width, outputs));
  }

  private static Input input(long... shape) {
    return Input.of(BruteForce.normals(SEED, (int) Shape.of(shape).size()), shape);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partsAreTheEntriesOfTheFullSum(Case c) {
    List<FactorStructure> ofInput = parts(Evaluation.inputStructure(c.layer()));
    List<FactorStructure> ofGradient = parts(Evaluation.outputStructure(c.layer()));

    List<double[]> values =
        Evaluation.evaluate(
            TFloat64.class,
            List.of(c.input(), c.gradient()),
            (tf, in) -> {
              List<Operand<TFloat64>> all = new ArrayList<>();
              for (int i = 0; i < Math.max(ofInput.size(), ofGradient.size()); i++) {
                FactorStructure kept = ofInput.get(i % ofInput.size());
                FactorStructure keptOfGradient = ofGradient.get(i % ofGradient.size());
                SecondMoments<TFloat64> moments =
                    c.layer().of(tf, in.get(0), in.get(1), new Kept(kept, keptOfGradient));
                all.addAll(Evaluation.flat(moments));
              }
              all.addAll(Evaluation.flat(Evaluation.full(tf, c.layer(), in.get(0), in.get(1))));
              return all;
            });

    Moments full = Evaluation.toMoments(values.subList(values.size() - 4, values.size()));
    for (int i = 0; i < values.size() / 4 - 1; i++) {
      Moments found = Evaluation.toMoments(values.subList(4 * i, 4 * i + 4));
      FactorStructure kept = ofInput.get(i % ofInput.size());
      assertClose(found.inputSum(), kept(full.inputSum(), kept), EXACT);
      FactorStructure keptOfGradient = ofGradient.get(i % ofGradient.size());
      assertClose(found.gradientSum(), kept(full.gradientSum(), keptOfGradient), EXACT);
      assertThat(found.rows()).isEqualTo(full.rows());
      assertThat(found.examples()).isEqualTo(EXAMPLES);
    }
  }

  private static List<FactorStructure> parts(FactorStructure full) {
    if (full instanceof Stack stack) {
      int all = stack.count() * stack.size();
      return List.of(stack, new Diagonal(all), new Identity(all));
    }
    int size = full.size();
    int divisor = IntStream.rangeClosed(2, size).filter(d -> size % d == 0).findFirst().orElse(1);
    Stream<FactorStructure> blocks =
        Stream.of(size > 10 ? 7 : 1, divisor, size - 1, size + 2)
            .filter(blockSize -> blockSize > 0)
            .map(blockSize -> new Blocks(size, blockSize));
    Stream<FactorStructure> others =
        Stream.of(new Full(size), new Diagonal(size), new Identity(size));
    return Stream.concat(others, blocks).toList();
  }

  /** The kept entries of a full sum in the structure's shape. */
  private static double[] kept(double[] full, FactorStructure structure) {
    double[] result = new double[Math.toIntExact(structure.entries())];
    if (structure instanceof Blocks blocks) {
      int b = blocks.blockSize();
      for (int i = 0; i < result.length; i++) {
        int row = i / (b * b) * b + i / b % b;
        int column = i / (b * b) * b + i % b;
        boolean inside = row < blocks.size() && column < blocks.size();
        result[i] = inside ? full[row * blocks.size() + column] : 0;
      }
      return result;
    }
    if (structure instanceof Diagonal) {
      // One matrix, or a stack of them: n entries of a diagonal are those of n²/size in all.
      int size = full.length / result.length;
      for (int i = 0; i < result.length; i++) {
        result[i] = full[i * size + i % size];
      }
      return result;
    }
    return structure instanceof Identity ? result : full;
  }

  @Test
  void everyPartHasTheShapeOfItsStructureWhenTheGraphIsBuilt() {
    ConvolutionMoments layer =
        new ConvolutionMoments(
            new ConvolutionGeometry(3, 3, 2, 4, 1, 1, Padding.SAME), Bias.PRESENT);
    for (FactorStructure kept : parts(Evaluation.inputStructure(layer))) {
      Evaluation.evaluate(
          TFloat32.class,
          List.of(input(1, 4, 4, 2), input(1, 4, 4, 4)),
          (tf, in) -> {
            SecondMoments<TFloat32> moments =
                layer.of(tf, in.get(0), in.get(1), new Kept(kept, new Diagonal(4)));
            assertThat(moments.inputSum().shape()).as("%s", kept).isEqualTo(kept.shape());
            assertThat(moments.gradientSum().shape()).isEqualTo(Shape.of(4));
            return Evaluation.flat(moments);
          });
    }
  }

  @Test
  void singlePrecisionAgreesWithDouble() {
    ConvolutionMoments layer =
        new ConvolutionMoments(
            new ConvolutionGeometry(3, 3, 3, 2, 2, 2, Padding.SAME), Bias.PRESENT);
    Blocks kept = new Blocks(28, 8);
    List<Input> inputs = List.of(input(EXAMPLES, 6, 6, 3), input(EXAMPLES, 3, 3, 2));

    double[] single =
        Evaluation.<TFloat32>evaluate(
                TFloat32.class,
                inputs,
                (tf, in) ->
                    Evaluation.flat(
                        layer.of(tf, in.get(0), in.get(1), new Kept(kept, new Identity(2)))))
            .get(0);
    double[] full = Evaluation.moments(layer, inputs.get(0), inputs.get(1)).inputSum();

    assertClose(single, kept(full, kept), SINGLE_PRECISION);
  }

  @Test
  void aStructureOfAnotherLayerIsRejected() {
    DenseMoments layer = new DenseMoments(6, 4, Bias.ABSENT);

    assertThatThrownBy(
            () ->
                Evaluation.evaluate(
                    TFloat64.class,
                    List.of(input(EXAMPLES, 6), input(EXAMPLES, 4)),
                    (tf, in) ->
                        Evaluation.flat(
                            layer.of(
                                tf,
                                in.get(0),
                                in.get(1),
                                new Kept(new Stack(2, 3), new Identity(4))))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one matrix")
        .hasMessageContaining("Stack");
  }
}
